"""An agent's desktop in a few lines, by a client that knows nothing but reflection.

Lists the services, logs in, gets ready, follows one call to its wrap-up, logs out. Prints one line for each step;
tests/desk.rs reads them. Usage: desk.py HOST:PORT
"""

import sys
import threading

import grpc
from grpc_requests import Client

DESK = "samkald.desk.v1.AgentDesktop"


def say(words):
    print(words, flush=True)


def main(server):
    client = Client(server)
    for service in client.service_names:
        say(f"service {service}")
    told = client.request(
        DESK, "LogIn", {"request_id": "1", "agent_id": "dorte", "password": "dorte-secret"}
    )
    metadata = [("authorization", f"Bearer {told['token']}")]
    try:
        client.request(DESK, "Decline", {"request_id": "2"}, metadata=metadata)
        say("a decline without an offer was taken")
    except grpc.RpcError as refused:
        say(f"refused {refused.code().name}")
    watching = threading.Thread(target=watch, args=(client, metadata), daemon=True)
    watching.start()
    client.request(DESK, "SetState", {"request_id": "3", "choice": "CHOICE_READY"}, metadata=metadata)
    say("ready")
    watching.join()
    client.request(DESK, "LogOut", {"request_id": "5"}, metadata=metadata)
    say("done")


def watch(client, metadata):
    for message in client.request(DESK, "Watch", {}, metadata=metadata):
        if "offered" in message:
            offer = message["offered"]
            where = f"{offer.get('municipality_code')} {offer['municipality_name']}"
            say(f"offered {offer['number']} {where} {offer['topic']} {offer['language']}")
        if "talking" in message:
            say("talking")
        if "wrap_up" in message:
            say("wrap-up open")
            client.request(
                DESK, "WrapUp", {"request_id": "4", "code": "solved", "solved": True}, metadata=metadata
            )
            say("wrapped up")
            return


if __name__ == "__main__":
    main(sys.argv[1])
