import type { NodeAPI } from "node-red";

const served = new WeakSet<object>();

/**
 * Serves the editor's requests: `GET mcast/interfaces`, `GET mcast/activity` and `POST mcast/doctor`. The doctor needs the
 * permission to write, since its self-test sends a datagram. The first type of node that loads registers the routes. The modules
 * that respond load with the first request.
 */
export function serveEditor({ httpAdmin, auth }: NodeAPI): void {
  if (!httpAdmin || served.has(httpAdmin)) return;
  served.add(httpAdmin);
  httpAdmin.get("/mcast/interfaces", auth.needsPermission("mcast.read"), ({ query }, response) => {
    const { interfacesResponse }: typeof import("./interfaces-response") = require("./interfaces-response");
    const { status, body } = interfacesResponse(query);
    response.status(status).json(body);
  });
  httpAdmin.get("/mcast/activity", auth.needsPermission("mcast.read"), (_request, response) => {
    const { activityResponse }: typeof import("./activity-response") = require("./activity-response");
    const { status, body } = activityResponse();
    response.status(status).json(body);
  });
  httpAdmin.post("/mcast/doctor", auth.needsPermission("mcast.write"), (request, response, next) => {
    const { doctorResponse }: typeof import("./doctor-response") = require("./doctor-response");
    doctorResponse(request.body)
      .then(({ status, body }) => response.status(status).json(body))
      .catch(next);
  });
}
