package dev.pingora.spring.autoconfigure;

import java.util.List;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.process.ActivatedSocket;
import dev.pingora.spring.server.PingoraServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the sockets that systemd opened to the server, to be claimed like those of a
 * predecessor.
 */
final class SocketActivation {

	private static final Logger logger = LoggerFactory.getLogger(SocketActivation.class);

	SocketActivation(PingoraServer server, List<ActivatedSocket> sockets) {
		List<InheritedSocket> listening = sockets.stream()
			.map((socket) -> new InheritedSocket(socket.name(), socket.descriptor()))
			.filter(SocketActivation::isListening)
			.toList();
		if (!listening.isEmpty()) {
			logger.info("Started with {} listening sockets", listening.size());
			server.inherit(listening);
		}
	}

	private static boolean isListening(InheritedSocket socket) {
		if (!socket.isListening()) {
			logger.warn("Descriptor {} ('{}') is no stream socket that listens: left alone", socket.descriptor(),
					socket.name());
			return false;
		}
		return true;
	}

}
