package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.TcpAddress;
import dev.pingora.spring.listen.Vacancy;
import dev.pingora.spring.process.PortOwner;
import dev.pingora.spring.server.ServicePlan;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Checks the addresses that a start would listen on. One that is in use is not a mistake:
 * it may be that of the predecessor.
 */
final class AddressCheck {

	private final Findings findings;

	AddressCheck(Findings findings) {
		this.findings = findings;
	}

	void services(ListableBeanFactory beans) {
		for (ServicePlan plan : ServerPlan.of(beans).services()) {
			plan.addresses().forEach((address) -> check(plan.service().name(), address));
		}
	}

	/**
	 * Check one address.
	 * @throws dev.pingora.spring.listen.ListenException if this process may never listen
	 * there
	 */
	void check(String name, ListenAddress address) {
		String state = Vacancy.of(address) ? "free" : "in use" + owner(address) + ", needs '-u'";
		this.findings.found("listener", "%s (%s): %s".formatted(address, name, state));
	}

	private static String owner(ListenAddress address) {
		return (address instanceof TcpAddress tcp)
				? PortOwner.of(tcp.port()).map((process) -> " by " + process).orElse("") : "";
	}

}
