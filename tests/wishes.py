"""An agent's and a supervisor's wishes, one a line, by a client that knows nothing but reflection; tests/src/wishes.rs gives them.

Usage: wishes.py HOST:PORT AGENT PASSWORD. In: `WISH_ASK bo`, `SUPERVISING_LISTEN bo CALL`,
`MORE_TIME`, `WRAP_UP code=ID role=ID`; out: `ready`, then `done` or `refused …`.
"""

import sys

import grpc
from grpc_requests import Client

DESK = "samkald.desk.v1.AgentDesktop"
SUPERVISION = "samkald.supervision.v1.Supervision"


def main(server, agent, password):
    client = Client(server)
    told = client.request(DESK, "LogIn", {"request_id": "0", "agent_id": agent, "password": password})
    metadata = [("authorization", f"Bearer {told['token']}")]
    print("ready", flush=True)
    for number, line in enumerate(sys.stdin, 1):
        wish, *more = line.split()
        asked = {"request_id": str(number)}
        try:
            if wish.startswith("WISH_"):
                party = {"party": more[0]} if more else {}
                client.request(DESK, "InCall", {**asked, "wish": wish, **party}, metadata=metadata)
            elif wish == "WRAP_UP":
                client.request(DESK, "WrapUp", {**asked, **dict(part.split("=") for part in more)}, metadata=metadata)
            elif wish == "MORE_TIME":
                client.request(DESK, "ExtendWrapUp", asked, metadata=metadata)
            else:
                whose = {"agent_id": more[0], "call_id": more[1]}
                client.request(SUPERVISION, "Supervise", {**asked, "how": wish, **whose})
            print("done", flush=True)
        except grpc.RpcError as refused:
            print(f"refused {refused.code().name} {' '.join(refused.details().split())}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
