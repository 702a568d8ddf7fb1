package dev.pingora.sample.load;

import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;

/**
 * A WebSocket client that hears whole messages, which the JDK gives part by part.
 */
public abstract class WholeTexts implements WebSocket.Listener {

	private final StringBuilder message = new StringBuilder();

	@Override
	public final CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
		this.message.append(part);
		if (last) {
			heard(this.message.toString());
			this.message.setLength(0);
		}
		socket.request(1);
		return null;
	}

	protected abstract void heard(String text);

}
