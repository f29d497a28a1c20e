// The two ends of a measured flow, and the smallest possible nodes that do the work of this package's and core's nodes.
const dgram = require("node:dgram");

const LO = "127.0.0.1";

/** @param {import("node-red").NodeAPI} RED */
module.exports = (RED) => {
  /** @type {{ meter: import("../meter").Meter }} */
  const { meter } = Object(RED.settings).bench;

  RED.nodes.registerType("bench-source", function (config) {
    RED.nodes.createNode(this, config);
    meter.say = (payload) => this.send({ payload });
  });

  RED.nodes.registerType("bench-sink", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (msg, _send, done) => {
      meter.handle(/** @type {Buffer} */ (msg.payload));
      done();
    });
  });

  RED.nodes.registerType("raw-in", function (config) {
    RED.nodes.createNode(this, config);
    const { group, port } = Object(config);
    const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
    socket.bind(port, () => socket.addMembership(group, LO));
    socket.on("message", (payload) => this.send({ payload }));
    this.on("close", () => socket.close());
  });

  RED.nodes.registerType("raw-out", function (config) {
    RED.nodes.createNode(this, config);
    const { group, port } = Object(config);
    const socket = dgram.createSocket("udp4");
    socket.bind(0, () => socket.setMulticastInterface(LO));
    this.on("input", (msg, _send, done) => socket.send(/** @type {Buffer} */ (msg.payload), port, group, () => done()));
    this.on("close", () => socket.close());
  });
};
