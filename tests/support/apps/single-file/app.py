import time

from flask import Flask, request

app = Flask(__name__)


@app.route("/")
def hello():
    return "hello from a single file\n"


@app.route("/client")
def client():
    return {"address": request.remote_addr, "scheme": request.scheme, "host": request.host}


@app.route("/slow")
def slow():
    time.sleep(float(request.args["seconds"]))
    return "done\n"
