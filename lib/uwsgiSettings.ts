/** What decides uWSGI's settings. */
export interface UwsgiPlace {
  /** Port that it listens on. */
  port: number;
  /** Whether NGINX stands in front of it, in the same pod. */
  behindNginx: boolean;
  /** How long a request may take, in seconds. */
  timeoutSeconds: number;
}

/** Seconds for requests in flight when it is told to end: with the pod's wait before it, below its grace period of 45. */
const GRACEFUL_SECONDS = 20;

/** Each connection serves one request. It is said, so that nobody sends another on one that is about to close. */
const httpSocket = (port: number): string => `http-socket = 0.0.0.0:${port}
add-header = Connection: close`;

/**
 * uWSGI's settings, as its `.ini` file. It loads the app in each process, for an app may open connections while it is
 * loaded, and those cannot be shared. How many processes and threads there are is in its environment.
 */
export const uwsgiSettings = ({ port, behindNginx, timeoutSeconds }: UwsgiPlace): string => `[uwsgi]
strict = true
master = true
need-app = true
lazy-apps = true
single-interpreter = true
enable-threads = true
pythonpath = /etc/flask-doks
module = flask_doks_app:application
${behindNginx ? `socket = 127.0.0.1:${port}` : httpSocket(port)}
processes = $(WEB_CONCURRENCY)
threads = $(WEB_THREADS)
harakiri = ${timeoutSeconds}
listen = 512
# Cookies and long paths included.
buffer-size = 32768
# By itself it would begin anew on SIGTERM, and drop what is in flight. (gracefully_kill_them_all would wait for ever for a
# process that is still loading the app.)
hook-master-start = unix_signal:15 grace_them_all
exit-on-reload = true
worker-reload-mercy = ${GRACEFUL_SECONDS}
vacuum = true
# Bodies are read whatever the app does: one that it leaves unread would break the connection off.
post-buffering = 65536
# The kubelet asks every few seconds: written down is what failed, or was slow. No query: it may hold a secret.
log-format = %(var.HTTP_X_FORWARDED_FOR) "%(method) %(var.PATH_INFO)" %(status) %(rsize) bytes %(msecs) ms
disable-logging = true
log-4xx = true
log-5xx = true
log-slow = 1000
`;
