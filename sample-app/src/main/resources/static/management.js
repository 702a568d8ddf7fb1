/* The endpoint 'pingora' on the management port, which is another origin. */

const parameters = new URLSearchParams(location.search);
const port = Number(parameters.get("management") ?? document.documentElement.dataset.managementPort);
const ENDPOINT = `http://${location.hostname}:${port}/actuator/pingora`;

/** Return the report of the server. */
export async function report() {
	return json(await fetch(ENDPOINT, { cache: "no-store" }));
}

/** Begin an upgrade; the report tells what becomes of it. */
export async function upgrade() {
	return json(await fetch(ENDPOINT + "/upgrade/async", { method: "POST" }));
}

async function json(response) {
	const body = await response.json().catch(() => ({}));
	if (!response.ok) {
		throw new Error(body.reason ?? `The management port answered with ${response.status}`);
	}
	return body;
}
