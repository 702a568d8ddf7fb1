/* The requests of the page: many quick ones, and always one that takes its time. */

const QUICK_AT_ONCE = 5; // with the slow one, as many as a browser has connections to one server
const PAUSE = 100;
const SLOW = 2500;
const KEPT = 40000;

/** Every request of the last seconds, and the totals of all. */
export const requests = {
	recent: [],
	served: 0,
	failed: 0,
	byGeneration: new Map(),
	lastFailure: null,
	waiting: null
};

export function startRequests() {
	repeat(quickOnes);
	repeat(slowOne);
}

async function repeat(action) {
	for (;;) {
		await action();
	}
}

async function quickOnes() {
	const pause = new Promise((resolve) => setTimeout(resolve, PAUSE));
	const posts = exchange("/echo", { method: "POST", headers: { "Content-Type": "text/plain" }, body: "echo" });
	const gets = Array.from({ length: QUICK_AT_ONCE - 1 }, () => exchange("/hello"));
	await Promise.all([pause, posts, ...gets]);
}

async function slowOne() {
	requests.waiting = performance.now();
	await exchange("/slow/" + SLOW, undefined, true);
	requests.waiting = null;
}

async function exchange(path, options, slow = false) {
	const begun = performance.now();
	const request = { begun, slow };
	try {
		const response = await fetch(path, { cache: "no-store", ...options });
		await response.text();
		request.generation = Number(response.headers.get("X-Generation"));
		request.failure = response.ok ? null : "status " + response.status;
	}
	catch (error) {
		request.failure = String(error);
	}
	request.ended = performance.now();
	count(request);
}

function count(request) {
	requests.recent.push(request);
	while (requests.recent.length > 0 && requests.recent[0].ended < request.ended - KEPT) {
		requests.recent.shift();
	}
	if (request.failure) {
		requests.failed++;
		requests.lastFailure = request.failure;
	}
	else {
		requests.served++;
		requests.byGeneration.set(request.generation, (requests.byGeneration.get(request.generation) ?? 0) + 1);
	}
}
