from flask import Blueprint


def documents(sandboxes):
    return Blueprint("documents", __name__)
