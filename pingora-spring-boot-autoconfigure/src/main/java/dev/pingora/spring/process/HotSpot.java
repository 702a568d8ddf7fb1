package dev.pingora.spring.process;

import java.lang.management.ManagementFactory;

import com.sun.management.HotSpotDiagnosticMXBean;

/**
 * What HotSpot tells of its options.
 */
final class HotSpot {

	private HotSpot() {
	}

	static boolean reducesSignalUsage() {
		HotSpotDiagnosticMXBean diagnostic = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
		return diagnostic != null && Boolean.parseBoolean(diagnostic.getVMOption("ReduceSignalUsage").getValue());
	}

}
