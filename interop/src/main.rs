//! A small Pingora server that answers as the Spring sample does, so that each can upgrade the
//! other under the load that judges the sample.
//!
//! `pingora-interop -c CONF [-u]` listens on the addresses in `INTEROP_LISTEN`, one word each:
//! `host:port` or an absolute path.

use std::time::Duration;

use async_trait::async_trait;
use http::{Method, Response, StatusCode};
use pingora::apps::http_app::ServeHttp;
use pingora::protocols::http::ServerSession;
use pingora::server::configuration::Opt;
use pingora::server::Server;
use pingora::services::listening::Service;

struct Sample;

#[async_trait]
impl ServeHttp for Sample {
    async fn response(&self, session: &mut ServerSession) -> Response<Vec<u8>> {
        let request = session.req_header();
        let path = request.uri.path().to_string();
        if request.method == Method::POST {
            return match body(session).await {
                Some(body) => respond(StatusCode::OK, body),
                None => respond(StatusCode::BAD_REQUEST, Vec::new()),
            };
        }
        if let Some(millis) = path.strip_prefix("/slow/").and_then(|text| text.parse().ok()) {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        let text = format!("{{\"pid\":{},\"server\":\"pingora\"}}", std::process::id());
        respond(StatusCode::OK, text.into_bytes())
    }
}

async fn body(session: &mut ServerSession) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(part) = session.read_request_body().await.ok()? {
        body.extend_from_slice(&part);
    }
    Some(body)
}

fn respond(status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
    Response::builder()
        .status(status)
        .header(http::header::CONTENT_TYPE, "text/plain")
        .header(http::header::CONTENT_LENGTH, body.len())
        .header("X-Pid", std::process::id())
        .body(body)
        .expect("these headers are valid")
}

fn main() {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info")).init();
    let mut server = Server::new(Some(Opt::parse_args())).expect("the configuration is valid");
    server.bootstrap();
    let mut service = Service::new("sample".to_string(), Sample);
    let addresses = std::env::var("INTEROP_LISTEN").expect("INTEROP_LISTEN names addresses");
    for address in addresses.split_whitespace() {
        if address.starts_with('/') {
            service.add_uds(address, None);
        } else {
            service.add_tcp(address);
        }
    }
    server.add_service(service);
    server.run_forever();
}
