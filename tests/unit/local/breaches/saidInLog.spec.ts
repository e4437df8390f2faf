import assert from "node:assert/strict";
import { saidInLog } from "../../../../local/breaches/saidInLog";

const NO_APP_ENDING = "Check apps[].entryPoint, and that the image has all that the app imports.";
const FOLDER_ENDING =
  "Only /tmp can be written, and it is as short-lived as the pod: what has to last belongs into the database.";

describe("The log of an app", () => {
  const tells = (title: string, name: string, sayings: [line: string, text: string][]) => {
    it(title, () => {
      assert.deepStrictEqual(
        sayings.map(([line]) => saidInLog(["starting", line, "[1] [ERROR] Reason: Worker failed to boot."])),
        sayings.map(([, text]) => ({ name, text })),
      );
    });
  };
  const loading = (why: string) => `the app cannot be loaded: ${why}. ${NO_APP_ENDING}`;

  tells("tells of an app that is not found, by gunicorn, Flask, uWSGI or Python itself", "no-app", [
    ["ModuleNotFoundError: No module named 'shop'", loading("No module named 'shop'")],
    [
      "ImportError: cannot import name 'db' from 'shop' (/app/shop/__init__.py)",
      loading("cannot import name 'db' from 'shop' (/app/shop/__init__.py)"),
    ],
    ["Failed to find attribute 'app' in 'wsgi'.", loading("Failed to find attribute 'app' in 'wsgi'")],
    [
      "gunicorn.errors.AppImportError: Application object must be callable.",
      loading("Application object must be callable"),
    ],
    [
      "flask.cli.NoAppException: Failed to find Flask application or factory in module 'shop'. Use 'shop:name' to specify one.",
      loading("Failed to find Flask application or factory in module 'shop'. Use 'shop:name' to specify one"),
    ],
    ["Error: Could not import 'shop'.", loading("Could not import 'shop'")],
    ["--- no python application found, check your startup logs for errors ---", loading("no python application found")],
    ["*** no app loaded. GAME OVER ***", loading("no app loaded")],
  ]);
  tells("tells of a server that is not there", "no-server", [
    [
      "/usr/local/bin/python: No module named gunicorn",
      "the image has no gunicorn to start. Install it in the image, or let its command name one that is there.",
    ],
    [
      "exec /app/run.sh: no such file or directory",
      "the image has no /app/run.sh to start. Install it in the image, or let its command name one that is there.",
    ],
  ]);
  tells("tells of a variable that is missing", "missing-variable", [
    [
      "KeyError: 'STRIPE_KEY'",
      "it wants STRIPE_KEY, and has none. Set it in apps[].env, or in apps[].secrets if it is secret.",
    ],
    [
      'environs.exceptions.EnvError: Environment variable "STRIPE_KEY" not set',
      "it wants STRIPE_KEY, and has none. Set it in apps[].env, or in apps[].secrets if it is secret.",
    ],
    [
      "shop: environment variable STRIPE_KEY is not set",
      "it wants STRIPE_KEY, and has none. Set it in apps[].env, or in apps[].secrets if it is secret.",
    ],
    [
      "decouple.UndefinedValueError: STRIPE_KEY not found. Declare it as envvar or define a default value.",
      "it wants STRIPE_KEY, and has none. Set it in apps[].env, or in apps[].secrets if it is secret.",
    ],
  ]);
  tells("tells of a path that cannot be written or read, by Python, a shell or SQLite", "needs-a-writable-folder", [
    [
      "OSError: [Errno 30] Read-only file system: '/app/instance'",
      `it writes to /app/instance, which is read-only. ${FOLDER_ENDING}`,
    ],
    [
      "mkdir: cannot create directory ‘/app/uploads’: Read-only file system",
      `it writes to /app/uploads, which is read-only. ${FOLDER_ENDING}`,
    ],
    [
      "/entry.sh: line 3: /app/shop.log: Read-only file system",
      `it writes to /app/shop.log, which is read-only. ${FOLDER_ENDING}`,
    ],
    [
      "OSError: [Errno 30] Read-only file system: 'shop.log'",
      `it writes to shop.log, which is read-only. ${FOLDER_ENDING}`,
    ],
    ["tee: Read-only file system", `it writes to its own folder, which is read-only. ${FOLDER_ENDING}`],
    [
      "PermissionError: [Errno 13] Permission denied: '/data/cache'",
      `it may not use /data/cache as user 10001, which it runs as. ${FOLDER_ENDING}`,
    ],
    [
      "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) unable to open database file",
      `its SQLite database cannot be written ("unable to open database file"). ${FOLDER_ENDING}`,
    ],
  ]);

  it("tells what it says last, and of a server without an app only where nothing says why", () => {
    const log = [
      "KeyError: 'COLOUR'",
      "ModuleNotFoundError: No module named 'redis'",
      "*** no app loaded. GAME OVER ***",
    ];
    assert.deepStrictEqual(saidInLog(log)?.text, loading("No module named 'redis'"));
  });
  it("tells nothing by what gunicorn says of its control socket, which it does without", () => {
    const harmless = "[1] [ERROR] Control server error: [Errno 30] Read-only file system: '/home/shop/.gunicorn'";
    assert.deepStrictEqual(
      [saidInLog([harmless]), saidInLog(["KeyError: 'STRIPE_KEY'", harmless])?.name],
      [undefined, "missing-variable"],
    );
  });
  it("tells nothing where a right is missing and no path is named, as for a port", () => {
    assert.deepStrictEqual(saidInLog(["PermissionError: [Errno 13] Permission denied"]), undefined);
  });
  it("tells nothing by words that any app may use", () => {
    const lines = ["", "Failed to find user 7", "Error: the shop is closed", "KeyError: 'colour'", "GET /healthz 404"];
    assert.deepStrictEqual(saidInLog(lines), undefined);
  });
});
