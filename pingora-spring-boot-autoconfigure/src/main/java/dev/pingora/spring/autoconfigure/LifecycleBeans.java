package dev.pingora.spring.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.pingora.spring.service.BackgroundService;
import dev.pingora.spring.service.ShutdownSignal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.Lifecycle;

/**
 * Beans with a lifecycle, such as the registries of message listeners, as one background
 * service.
 */
final class LifecycleBeans implements BackgroundService {

	private static final Logger logger = LoggerFactory.getLogger(LifecycleBeans.class);

	private final Map<String, Lifecycle> beans;

	private LifecycleBeans(Map<String, Lifecycle> beans) {
		this.beans = beans;
	}

	/**
	 * Find the beans.
	 * @throws InvalidPropertyException if there is no such bean
	 */
	static LifecycleBeans of(List<String> names, BeanFactory beans) {
		Map<String, Lifecycle> found = new LinkedHashMap<>();
		for (String name : names) {
			if (!beans.containsBean(name) || !beans.isTypeMatch(name, Lifecycle.class)) {
				throw new InvalidPropertyException("pingora.background.lifecycle-beans", name,
						"there is no bean of that name that implements Lifecycle",
						"Set it to names of beans that can be started and stopped, or remove it.");
			}
			found.put(name, beans.getBean(name, Lifecycle.class));
		}
		return new LifecycleBeans(found);
	}

	@Override
	public String name() {
		return "lifecycle-beans";
	}

	@Override
	public void start(ShutdownSignal shutdown, Runnable ready) throws InterruptedException {
		this.beans.forEach(LifecycleBeans::start);
		ready.run();
		shutdown.await();
		List<Lifecycle> reversed = new ArrayList<>(this.beans.values());
		Collections.reverse(reversed);
		reversed.forEach(Lifecycle::stop);
	}

	private static void start(String name, Lifecycle bean) {
		if (bean.isRunning()) {
			logger.warn("The bean '{}' of 'pingora.background.lifecycle-beans' runs already: switch off its automatic "
					+ "start, or it runs in two JVMs during an upgrade", name);
		}
		else {
			bean.start();
		}
	}

}
