# Runs pyftpdlib for tests with the settings of the JSON file given as the only argument.
import json
import os
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import DTPHandler, FTPHandler, ThrottledDTPHandler
from pyftpdlib.servers import FTPServer

with open(sys.argv[1], encoding="utf-8") as file:
    settings = json.load(file)
tls = settings.get("tls")
rate = settings.get("rateBytesPerS")

handler, data_handler = FTPHandler, DTPHandler
if tls:
    from pyftpdlib.handlers import TLS_DTPHandler, TLS_FTPHandler

    handler, data_handler = TLS_FTPHandler, TLS_DTPHandler
    handler.certfile = tls["pemFile"]
    handler.tls_control_required = True
    handler.tls_data_required = tls["dataRequired"]
if rate:
    bases = (ThrottledDTPHandler,) if data_handler is DTPHandler else (ThrottledDTPHandler, data_handler)
    data_handler = type("Throttled", bases, {"read_limit": rate, "write_limit": rate})
    # sendfile(2) would pass by the limit.
    handler.use_sendfile = False
handler.dtp_handler = data_handler

handler.authorizer = DummyAuthorizer()
for user in settings["users"]:
    handler.authorizer.add_user(user["username"], user["password"], user["folder"], perm=user["perm"])
handler.permit_foreign_addresses = settings["fxp"]

os.umask(0o022)
server = FTPServer((settings["host"], settings["port"]), handler)
server.max_cons = settings["maxClients"]
server.max_cons_per_ip = settings["maxClients"]
server.serve_forever()
