/** What NGINX stands in front of, in the same pod. */
export interface NginxPlace {
  /** Port that requests come to. */
  port: number;
  /** Port on 127.0.0.1 at which the app's server listens. */
  serverPort: number;
  /** Whether that server speaks uWSGI's protocol, or HTTP. */
  protocol: "http" | "uwsgi";
  /** Whether another proxy stands before it, which says who the client is. Nobody else may reach it then. */
  behindIngress: boolean;
  /** Whether there are files that it serves itself, at {@link WEB_ROOT}. */
  files: boolean;
  /** Largest body of a request, in MB. */
  bodyMb: number;
  /** How long a request may take, in seconds. */
  timeoutSeconds: number;
}

/** Folder of the files that NGINX serves itself. */
export const WEB_ROOT = "/srv/www";

/** What the server is told of a request, beside the headers that the client sent. */
const TOLD = {
  "X-Forwarded-For": "$remote_addr",
  "X-Forwarded-Proto": "$client_scheme",
  "X-Forwarded-Host": "$http_host",
  "X-Request-ID": "$named_request",
};

/** Variables of WSGI, which uWSGI's protocol carries. */
const UWSGI_PARAMETERS = {
  QUERY_STRING: "$query_string",
  REQUEST_METHOD: "$request_method",
  CONTENT_TYPE: "$content_type",
  CONTENT_LENGTH: "$content_length",
  REQUEST_URI: "$request_uri",
  PATH_INFO: "$document_uri",
  SERVER_PROTOCOL: "$server_protocol",
  REMOTE_ADDR: "$remote_addr",
  REMOTE_PORT: "$remote_port",
  SERVER_PORT: "$server_port",
  SERVER_NAME: "$server_name",
  UWSGI_SCHEME: "$client_scheme",
};

const lines = (indent: string, entries: Record<string, string>, write: (name: string, value: string) => string) =>
  Object.entries(entries)
    .map(([name, value]) => `${indent}${write(name, value)};`)
    .join("\n");

function toServer({ protocol, serverPort, timeoutSeconds }: NginxPlace): string {
  // A little longer than the server gives itself, so that its own answer is the one that is seen.
  const timeouts = (prefix: string) => `      ${prefix}_connect_timeout 5s;
      ${prefix}_read_timeout ${timeoutSeconds + 5}s;`;
  if (protocol === "http") {
    return `      proxy_pass http://127.0.0.1:${serverPort};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
${lines("      ", TOLD, (name, value) => `proxy_set_header ${name} ${value}`)}
${timeouts("proxy")}`;
  }
  const header = (name: string, value: string) =>
    `uwsgi_param HTTP_${name.toUpperCase().replaceAll("-", "_")} ${value}`;
  return `      uwsgi_pass 127.0.0.1:${serverPort};
${lines("      ", UWSGI_PARAMETERS, (name, value) => `uwsgi_param ${name} ${value}`)}
${lines("      ", TOLD, header)}
      # The body is passed on whole, and no longer in chunks.
      uwsgi_param HTTP_TRANSFER_ENCODING "";
${timeouts("uwsgi")}`;
}

/** Files first, as far as there are any; the rest is the app's. */
const locations = (place: NginxPlace): string =>
  place.files
    ? `    location / {
      root ${WEB_ROOT};
      index index.html;
      # Kept, and asked for anew each time: as Flask serves them.
      add_header Cache-Control no-cache;
      gzip on;
      gzip_vary on;
      gzip_types text/css text/javascript application/javascript application/json image/svg+xml;
      try_files $uri $uri/index.html @app;
      # A file cannot be written to, but the app may answer there.
      error_page 405 = @app;
    }
    location @app {
${toServer(place)}
    }`
    : `    location / {
${toServer(place)}
    }`;

/**
 * NGINX's settings. It runs as any user on a read-only root, and writes to /tmp alone.
 * The app's server behind it trusts one proxy, this one: who the client is was decided here.
 */
export function nginxConfig(place: NginxPlace): string {
  const { behindIngress, bodyMb, port } = place;
  return `worker_processes 2;
pid /tmp/nginx.pid;
error_log stderr error;
# Requests in flight, when it is told to end.
worker_shutdown_timeout 20s;

events {
  worker_connections 1024;
}

http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  server_tokens off;
  sendfile on;
  # Longer than the Ingress controllers keep idle connections (nginx 60 s, Traefik 90 s).
  keepalive_timeout 95s;
  client_max_body_size ${bodyMb}m;
  client_body_temp_path /tmp/client-body;
  proxy_temp_path /tmp/proxy;
  uwsgi_temp_path /tmp/uwsgi;
  fastcgi_temp_path /tmp/fastcgi;
  scgi_temp_path /tmp/scgi;

  map $http_x_request_id $named_request {
    ~^[A-Za-z0-9][A-Za-z0-9._-]*$ $http_x_request_id;
    default $request_id;
  }
${
  behindIngress
    ? `  # Only the Ingress controller reaches this pod, and it says who the client is.
  set_real_ip_from 0.0.0.0/0;
  set_real_ip_from ::/0;
  real_ip_header X-Forwarded-For;
  map $http_x_forwarded_proto $client_scheme {
    https https;
    default http;
  }`
    : `  map $scheme $client_scheme {
    default $scheme;
  }`
}

  # The path without the query: nothing secret travels in it.
  log_format requests escape=json '{"time":"$time_iso8601","logger":"nginx","message":"$request_method $uri $status",'
    '"request_id":"$named_request","remote_addr":"$remote_addr","method":"$request_method","path":"$uri",'
    '"status":$status,"bytes":$body_bytes_sent,"duration_s":$request_time,"user_agent":"$http_user_agent"}';
  # The kubelet asks every few seconds.
  map $http_user_agent $logged {
    ~^kube-probe/ 0;
    default 1;
  }
  access_log /dev/stdout requests if=$logged;

  server {
    listen ${port} default_server;
    server_name _;
    absolute_redirect off;

${locations(place)}
  }
}
`;
}
