"""Sealed groups in a second implementation, to compare with the one of this package. It shares no code with that one.

Follows RFC 9605 (cipher suite 5) and the wire format of this package, with HKDF and AES-GCM of the package "cryptography".
Reads one JSON object a line from standard input, and writes one a line to standard output:

    {"do": "seal", "key": HEX, "kid": HEX, "ctr": NUMBER, "group": ADDRESS, "port": NUMBER, "payload": HEX} -> {"datagram": HEX}
    {"do": "open", "key": HEX, "group": ADDRESS, "port": NUMBER, "datagram": HEX} -> {"payload": HEX, "ctr": NUMBER}, or {"refused": true}
"""

import ipaddress
import json
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

SUITE = (5).to_bytes(2, "big")


def derive(base_key, kid, words, length):
    extract = hmac.HMAC(bytes(64), hashes.SHA512())
    extract.update(base_key)
    secret = extract.finalize()
    return HKDFExpand(hashes.SHA512(), length, words + kid + SUITE).derive(secret)


def schedule(base_key, kid, ctr):
    key = derive(base_key, kid, b"SFrame 1.0 Secret key ", 32)
    salt = derive(base_key, kid, b"SFrame 1.0 Secret salt ", 12)
    nonce = (int.from_bytes(salt, "big") ^ ctr).to_bytes(12, "big")
    return AESGCM(key), nonce


def metadata(group, port):
    return b"mcast1" + ipaddress.ip_address(group).packed + port.to_bytes(2, "big")


def seal(asked):
    kid, ctr = bytes.fromhex(asked["kid"]), asked["ctr"]
    header = b"\xfe" + kid + ctr.to_bytes(7, "big")
    cipher, nonce = schedule(bytes.fromhex(asked["key"]), kid, ctr)
    ciphertext = cipher.encrypt(nonce, bytes.fromhex(asked["payload"]), header + metadata(asked["group"], asked["port"]))
    return {"datagram": (header + ciphertext).hex()}


def unseal(asked):
    datagram = bytes.fromhex(asked["datagram"])
    header, ciphertext = datagram[:16], datagram[16:]
    kid, ctr = header[1:9], int.from_bytes(header[9:], "big")
    cipher, nonce = schedule(bytes.fromhex(asked["key"]), kid, ctr)
    try:
        payload = cipher.decrypt(nonce, ciphertext, header + metadata(asked["group"], asked["port"]))
    except InvalidTag:
        return {"refused": True}
    return {"payload": payload.hex(), "ctr": ctr}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(seal(asked) if asked["do"] == "seal" else unseal(asked)), flush=True)
