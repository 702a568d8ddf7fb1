/* What the page shows, and its button. */

import { report, upgrade } from "./management.js";
import { colourOf, draw } from "./plot.js";
import { requests, startRequests } from "./requests.js";

const REPORT_PAUSE = 400;
const RECENT = 10000;

const element = (id) => document.getElementById(id);
const known = new Map(); // every generation that was ever seen, by number
const spans = [];
let current = null;
let begun = null; // the upgrade that this page began: what had failed before it
let asking = false;

function create(tag, text, ...classes) {
	const created = document.createElement(tag);
	created.textContent = text;
	created.classList.add(...classes);
	return created;
}

async function follow() {
	for (;;) {
		try {
			current = await report();
			remember(current.generations);
			showGenerations();
			showListeners(current.services);
			showUpgrades(current.upgrades);
			showState();
		}
		catch (error) {
			say("The management port does not answer: upgrades are for a browser on the server's own machine.");
			element("upgrade").disabled = true;
		}
		await new Promise((resolve) => setTimeout(resolve, REPORT_PAUSE));
	}
}

/** Keep what is alive, and for how long each was in which phase. */
function remember(generations) {
	const now = performance.now();
	known.forEach((generation) => generation.alive = false);
	for (const generation of generations) {
		known.set(generation.generation, { ...generation, alive: true });
		const last = spans.findLast((span) => span.generation === generation.generation);
		if (last && last.phase === generation.phase && now - last.ended < 5000) {
			last.ended = now;
		}
		else {
			spans.push({ generation: generation.generation, phase: generation.phase, begun: last?.ended ?? now - 1, ended: now });
		}
	}
	while (spans.length > 100) {
		spans.shift();
	}
}

function showGenerations() {
	const latest = [...known.values()].sort((one, other) => other.generation - one.generation).slice(0, 4);
	element("generations").replaceChildren(...latest.map(card));
}

function card(generation) {
	const card = create("div", "", "generation", "colour-" + colourOf(generation.generation));
	card.dataset.generation = generation.generation;
	card.dataset.phase = generation.alive ? generation.phase : "GONE";
	card.classList.toggle("gone", !generation.alive);
	const heading = document.createElement("header");
	heading.append(create("strong", "Generation " + generation.generation),
		create("span", generation.alive ? generation.phase.replace("_", " ") : "EXITED", "phase"));
	const served = (requests.byGeneration.get(generation.generation) ?? 0).toLocaleString("en");
	card.append(heading, create("p", `pid ${generation.pid} · answered ${served}`),
		create("p", generation.alive ? `${connections(generation.active)}, ${generation.busy} busy` : "its last connection has ended"));
	return card;
}

function connections(count) {
	return count === 1 ? "1 connection" : count + " connections";
}

function showListeners(services) {
	const rows = services.flatMap((service) => service.listeners.map((listener) => {
		const row = document.createElement("tr");
		row.append(create("td", service.name), create("td", listener.address),
			create("td", listener.inherited ? "inherited" : "opened"), create("td", listener.active, "number"),
			create("td", listener.connections.accepted.toLocaleString("en"), "number"));
		return row;
	}));
	element("listeners").replaceChildren(...rows);
}

function showUpgrades(upgrades) {
	if (upgrades.length > 0) {
		element("upgrades").replaceChildren(...upgrades.slice(0, 5).map(item));
	}
}

function item(upgrade) {
	const item = document.createElement("li");
	const outcome = upgrade.outcome.toLowerCase().replace("_", " ");
	item.append(create("span", outcome, "outcome", outcome.replace(" ", "-")),
		create("span", ` generation ${upgrade.generation} → ${upgrade.generation + 1}, ${upgrade.sockets} sockets, at ${time(upgrade.begun)}`));
	const steps = Object.entries(upgrade.steps).map(([step, duration]) => `${step.toLowerCase()} ${length(duration)}`);
	item.append(create("div", upgrade.reason ?? steps.join(" · "), "quiet"));
	return item;
}

function time(instant) {
	return new Date(instant).toLocaleTimeString("en-GB");
}

/** Turn an ISO 8601 duration into a short text. */
function length(duration) {
	const [, minutes, seconds] = /PT(?:(\d+)M)?(?:([\d.]+)S)?/.exec(duration) ?? [];
	const millis = (Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
	return millis < 1000 ? Math.round(millis) + " ms" : (millis / 1000).toFixed(1) + " s";
}

function showState() {
	const latest = current.upgrades[0];
	const drains = [...known.values()].find((generation) => generation.alive && generation.phase === "DRAINING");
	const underWay = current.phase === "HANDING_OVER" || latest?.outcome === "UNDER_WAY";
	element("upgrade").disabled = asking || underWay || current.phase !== "RUNNING";
	if (underWay) {
		say(`Generation ${current.generation} serves, and starts generation ${current.generation + 1} …`);
	}
	else if (drains) {
		say(`Generation ${drains.generation + 1} serves. Generation ${drains.generation} finishes what it has: ${connections(drains.active)}.`);
	}
	else if (begun && latest?.outcome === "SUCCEEDED") {
		const failed = requests.failed - begun.failed;
		say(`Generation ${current.generation} serves alone. ${failed === 0 ? "No request failed." : failed + " requests failed."}`);
	}
	else if (begun && latest) {
		say(`Generation ${current.generation} goes on serving: ${latest.reason ?? latest.outcome}`);
	}
	else {
		say(`Generation ${current.generation} serves.`);
	}
}

function say(text) {
	if (element("status").textContent !== text) {
		element("status").textContent = text;
	}
}

element("upgrade").addEventListener("click", async () => {
	asking = true;
	element("upgrade").disabled = true;
	begun = { failed: requests.failed };
	try {
		await upgrade();
	}
	catch (error) {
		say(error.message);
	}
	asking = false;
});

function showRequests() {
	element("served").textContent = requests.served.toLocaleString("en");
	element("failed").textContent = requests.failed.toLocaleString("en");
	element("failures").classList.toggle("bad", requests.failed > 0);
	element("failures").title = requests.lastFailure ?? "";
	const latest = performance.now() - RECENT;
	const latencies = requests.recent.filter((request) => !request.slow && !request.failure && request.ended > latest)
		.map((request) => request.ended - request.begun)
		.sort((one, other) => one - other);
	element("median").textContent = quantile(latencies, 0.5);
	element("slowest").textContent = quantile(latencies, 0.99);
	const legend = [...requests.byGeneration.keys()].sort((one, other) => one - other).slice(-4).map(legendOf);
	element("legend").replaceChildren(...legend, create("span", "a dot is a request; a bar below is one that takes 2.5 s"));
}

function legendOf(generation) {
	const entry = create("span", "", "colour-" + colourOf(generation));
	entry.append(create("span", "", "swatch"), "generation " + generation);
	return entry;
}

function quantile(sorted, share) {
	return sorted.length === 0 ? "–" : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1) + " ms";
}

function animate() {
	draw(element("plot"), requests, spans);
	requestAnimationFrame(animate);
}

startRequests();
follow();
setInterval(showRequests, 250);
requestAnimationFrame(animate);
