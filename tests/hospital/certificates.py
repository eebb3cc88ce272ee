"""Certificates for a day: of this machine, by an authority of their own."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from face2bone import clock
from face2bone.hospital.connection import Certificates

HOST: Final = "localhost"
Key = ec.EllipticCurvePrivateKey


def signed(name: str, by: tuple[x509.Name, Key] | None, key: Key) -> x509.Certificate:
    """A certificate for a day, by an authority or, without one, by itself."""
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signer = by or (own, key)
    made = x509.CertificateBuilder(issuer, own, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(clock.now() - timedelta(1))
    made = made.not_valid_after(clock.now() + timedelta(1))
    made = made.add_extension(x509.BasicConstraints(ca=by is None, path_length=None), True)
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
    # Without these Python 3.13 believes no authority (RFC 5280, 4.2.1.1 to 4.2.1.3).
    by_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    made = made.add_extension(by_key, False)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    made = made.add_extension(_may(sign_others=by is None), True)
    return made.sign(signer, hashes.SHA256())


def _may(sign_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_others,
        crl_sign=sign_others,
        encipher_only=False,
        decipher_only=False,
    )


def written(folder: Path) -> Certificates:
    folder.mkdir()
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = signed("authority", None, root_key)
    own = signed(HOST, (root.subject, root_key), key)
    pem = serialization.Encoding.PEM
    (folder / "own.pem").write_bytes(own.public_bytes(pem))
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, *plain))
    return Certificates(folder / "own.pem", folder / "key.pem", folder / "root.pem")
