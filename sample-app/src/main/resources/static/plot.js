/* The moving plot: the latency of each request, and below it who was alive and who answered slowly. */

const WINDOW = 30000;
const LEFT = 64;
const RIGHT = 8;
const TOP = 10;
const LANE = 16;
const LANES_GAP = 26;
const LATENCIES = [1, 10, 100, 1000];
const TRANSPARENCY = { RUNNING: 1, HANDING_OVER: 1, DRAINING: 0.45 };

export function colourOf(generation) {
	return (generation - 1) % 4;
}

/** Draw the requests of the last seconds, and the spans of the generations: {generation, phase, begun, ended}. */
export function draw(canvas, requests, spans) {
	const context = fitted(canvas);
	const now = performance.now();
	const width = canvas.clientWidth;
	const alive = [...new Set(spans.filter((span) => span.ended > now - WINDOW).map((span) => span.generation))].slice(-3);
	const bottom = canvas.clientHeight - LANES_GAP - (alive.length + 1) * (LANE + 6) - 6;
	const style = getComputedStyle(canvas);
	const pen = {
		context, style, now, width, bottom,
		x: (time) => Math.max(LEFT, width - RIGHT - (now - time) / WINDOW * (width - LEFT - RIGHT)),
		y: (millis) => bottom - (bottom - TOP) * Math.min(1, Math.max(0, Math.log10(millis) / 3)),
		colour: (generation) => style.getPropertyValue("--generation-" + colourOf(generation)),
		quiet: style.getPropertyValue("--quiet"),
		line: style.getPropertyValue("--line"),
		bad: style.getPropertyValue("--bad")
	};
	axes(pen);
	const visible = requests.recent.filter((request) => request.ended > now - WINDOW);
	visible.filter((request) => !request.slow || request.failure).forEach((request) => point(pen, request));
	alive.filter((generation) => generation > spans[0].generation).forEach((generation) => beginning(pen, generation, spans));
	alive.forEach((generation, row) => lifetime(pen, generation, spans, row));
	slowLane(pen, visible.filter((request) => request.slow && !request.failure), requests.waiting, alive.length);
}

function fitted(canvas) {
	const ratio = window.devicePixelRatio || 1;
	canvas.width = canvas.clientWidth * ratio;
	canvas.height = canvas.clientHeight * ratio;
	const context = canvas.getContext("2d");
	context.scale(ratio, ratio);
	context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
	context.textBaseline = "middle";
	return context;
}

function axes({ context, quiet, line, x, y, now, width, bottom }) {
	context.strokeStyle = line;
	context.fillStyle = quiet;
	context.textAlign = "right";
	for (const millis of LATENCIES) {
		context.fillText(millis < 1000 ? millis + " ms" : "1 s", LEFT - 8, y(millis));
		context.beginPath();
		context.moveTo(LEFT, y(millis));
		context.lineTo(width - RIGHT, y(millis));
		context.stroke();
	}
	context.textAlign = "center";
	for (let seconds = 0; seconds <= 30; seconds += 5) {
		const text = seconds === 0 ? "now" : `−${seconds} s`;
		context.fillText(text, Math.min(width - 18, x(now - seconds * 1000)), bottom + 13);
	}
}

function point({ context, x, y, colour, bad }, request) {
	const at = x(request.ended);
	if (request.failure) {
		context.strokeStyle = bad;
		context.lineWidth = 2;
		context.beginPath();
		context.moveTo(at - 5, TOP);
		context.lineTo(at + 5, TOP + 10);
		context.moveTo(at + 5, TOP);
		context.lineTo(at - 5, TOP + 10);
		context.stroke();
		context.lineWidth = 1;
		return;
	}
	context.fillStyle = colour(request.generation);
	context.globalAlpha = 0.75;
	context.beginPath();
	context.arc(at, y(request.ended - request.begun), 2.3, 0, 7);
	context.fill();
	context.globalAlpha = 1;
}

/** Mark the moment from which a generation was seen to serve. */
function beginning({ context, x, now, width, quiet, bottom }, generation, spans) {
	const first = spans.find((span) => span.generation === generation && span.phase === "RUNNING");
	if (!first || first.begun < now - WINDOW) {
		return;
	}
	const at = x(first.begun);
	context.save();
	context.strokeStyle = quiet;
	context.fillStyle = quiet;
	context.setLineDash([3, 3]);
	context.beginPath();
	context.moveTo(at, TOP);
	context.lineTo(at, bottom);
	context.stroke();
	const left = at > width - 150;
	context.textAlign = left ? "right" : "left";
	context.fillText(`generation ${generation} serves`, at + (left ? -6 : 6), TOP + 14);
	context.restore();
}

function laneTop({ bottom }, row) {
	return bottom + LANES_GAP + row * (LANE + 6);
}

function lifetime(pen, generation, spans, row) {
	const { context, colour, x, now } = pen;
	label(pen, "gen. " + generation, row);
	for (const span of spans.filter((each) => each.generation === generation && each.ended > now - WINDOW)) {
		context.globalAlpha = TRANSPARENCY[span.phase] ?? 0.2;
		context.fillStyle = colour(generation);
		context.fillRect(x(span.begun), laneTop(pen, row), Math.max(1, x(span.ended) - x(span.begun)), LANE);
	}
	context.globalAlpha = 1;
}

function slowLane(pen, slow, waiting, row) {
	const { context, colour, quiet, x, now } = pen;
	label(pen, "2.5 s", row);
	for (const request of slow) {
		context.fillStyle = colour(request.generation);
		context.fillRect(x(request.begun) + 1, laneTop(pen, row) + 4, Math.max(1, x(request.ended) - x(request.begun) - 2), LANE - 8);
	}
	if (waiting) {
		context.strokeStyle = quiet;
		context.strokeRect(x(waiting) + 1, laneTop(pen, row) + 4.5, Math.max(1, x(now) - x(waiting) - 2), LANE - 9);
	}
}

function label(pen, text, row) {
	pen.context.fillStyle = pen.quiet;
	pen.context.textAlign = "right";
	pen.context.fillText(text, LEFT - 8, laneTop(pen, row) + LANE / 2 + 1);
}
