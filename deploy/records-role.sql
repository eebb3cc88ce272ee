-- The role under which the dashboard keeps records: run once, when the database is made.
-- It owns what it makes and nothing else: the server, its files and other databases are not its.
\getenv password RECORDS_PASSWORD
CREATE ROLE face2bone LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'password';
REVOKE ALL ON DATABASE face2bone FROM PUBLIC;
GRANT CONNECT ON DATABASE face2bone TO face2bone;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO face2bone;
