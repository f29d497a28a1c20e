// Settings for `npm start`: Node-RED on this machine only, with this package loaded from its own folder and the first example as
// the flow. Everything else in demo/ is scratch: delete demo/flows.json to start over.
const fs = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const flowFile = path.join(__dirname, "flows.json");
if (!fs.existsSync(flowFile)) fs.copyFileSync(path.join(root, "examples", "1 Does multicast work here.json"), flowFile);

module.exports = {
  uiHost: "127.0.0.1",
  uiPort: Number(process.env.PORT ?? 1880),
  nodesDir: [root],
  flowFile: "flows.json",
  flowFilePretty: true,
  credentialSecret: false,
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] } },
  logging: { console: { level: "info", metrics: false, audit: false } },
};
