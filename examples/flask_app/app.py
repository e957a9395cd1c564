"""A Flask program whose users sign in at FaceVote with password and face, by Authlib."""

import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, render_template_string, session, url_for

app = Flask(__name__)
app.secret_key = os.environ["FLASK_SECRET_KEY"]
site = os.environ["FACEVOTE"].rstrip("/")
oauth = OAuth(app)
oauth.register(
    "facevote",
    server_metadata_url=f"{site}/.well-known/openid-configuration",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
)

PAGE = """<!doctype html><title>Club wiki</title><h1>Club wiki</h1>
{% if person %}<p id="who">Hello {{ person.name }}, seen by {{ person.amr | join(" and ") }}.</p>
<form method="post" action="{{ url_for('sign_out') }}"><button>Sign out</button></form>
{% else %}<p><a href="{{ url_for('sign_in') }}">Sign in with FaceVote</a></p>{% endif %}"""


@app.get("/")
def home():
    return render_template_string(PAGE, person=session.get("person"))


@app.get("/sign-in")
def sign_in():
    return oauth.facevote.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    # Authlib compares state and nonce, and checks the signature of the ID token.
    session["person"] = oauth.facevote.authorize_access_token()["userinfo"]
    return redirect(url_for("home"))


@app.post("/sign-out")
def sign_out():
    session.clear()
    return redirect(url_for("home"))
