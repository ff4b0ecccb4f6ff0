#!/usr/bin/env python3
"""Installs a stack of one service over the message queue, and waits until it runs.

    install_stack.py AMQP_URL GRID STACK IMAGE

AMQP_URL is what `kontena master integration create` printed. Needs python3-pika and nothing of Kontena; what can be asked stands in /asyncapi.json.
"""
import json
import sys
import time
import uuid

import pika

ANSWER_WITHIN = 60   # seconds, of one command
RUNS_WITHIN = 300    # seconds, of the whole stack


class Refused(Exception):
    """The platform said no; the text says why."""


class Kontena:
    def __init__(self, url):
        parameters = pika.URLParameters(url)
        self.login = parameters.credentials.username
        self.connection = pika.BlockingConnection(parameters)
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()  # a full queue refuses: publishing then raises
        self.replies = f"{self.login}.replies-{uuid.uuid4().hex}"
        self.channel.queue_declare(self.replies, exclusive=True, auto_delete=True)
        self.channel.basic_consume(self.replies, self.take, auto_ack=True)
        self.answers = {}

    def take(self, _channel, _method, properties, body):
        self.answers[properties.correlation_id] = json.loads(body)

    def ask(self, operation, parameters=None, body=None):
        message = {"operation": operation, "parameters": parameters or {}, "idempotency_key": uuid.uuid4().hex}
        if body is not None:
            message["body"] = body
        number = uuid.uuid4().hex
        self.channel.basic_publish(
            "kontena.commands", "", json.dumps(message).encode(),
            pika.BasicProperties(
                content_type="application/json", user_id=self.login, reply_to=self.replies, correlation_id=number, delivery_mode=2))
        until = time.monotonic() + ANSWER_WITHIN
        while number not in self.answers:
            if time.monotonic() > until:
                raise Refused(f"{operation}: no answer within {ANSWER_WITHIN} s")
            self.connection.process_data_events(time_limit=1)
        answer = self.answers.pop(number)
        if answer["status"] >= 400:
            problem = answer["body"]
            raise Refused(f"{operation}: {answer['status']} {problem.get('detail')} {json.dumps(problem.get('error', {}))}")
        return answer["body"]


def install(kontena, grid, stack, image):
    kontena.ask("createStack", {"grid": grid}, {
        "name": stack, "stack": f"example/{stack}", "version": "1.0.0", "registry": "file://",
        "source": f"stack: example/{stack}\nversion: 1.0.0\nservices:\n  web:\n    image: {image}\n",
        "services": [{"name": "web", "image": image, "stateful": False}],
    })
    kontena.ask("deployStack", {"grid": grid, "stack": stack})
    until = time.monotonic() + RUNS_WITHIN
    while time.monotonic() < until:
        state = kontena.ask("showStack", {"grid": grid, "stack": stack})["state"]
        print(f"{stack}: {state}", file=sys.stderr)
        if state == "running":
            return {"stack": stack, "state": state}
        time.sleep(1)
    raise Refused(f"{stack} does not run after {RUNS_WITHIN} s")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    try:
        print(json.dumps(install(Kontena(sys.argv[1]), *sys.argv[2:])))
    except Refused as refused:
        sys.exit(f"refused: {refused}")
    except pika.exceptions.AMQPError as error:
        sys.exit(f"the broker: {error!r}")
