package dev.pingora.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import dev.pingora.spring.process.Exit;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.LifecycleProcessor;
import org.springframework.util.ClassUtils;

/**
 * What {@code -t} does: it takes the place of what starts the beans of a context that is
 * complete, checks what a start would need, prints it, and ends the process. No server,
 * no listener container and no scheduled task is started.
 */
final class ConfigurationTest implements LifecycleProcessor {

	private static final String BEAN_NAME = "lifecycleProcessor";

	private static final String WEB_SERVER = "org.springframework.boot.web.server.AbstractConfigurableWebServerFactory";

	private final ConfigurableApplicationContext context;

	private final List<String> findings = new ArrayList<>();

	private ConfigurationTest(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static void prepare(ConfigurableApplicationContext context) {
		context.getBeanFactory().registerSingleton(BEAN_NAME, new ConfigurationTest(context));
	}

	/**
	 * Called when every bean has been created and none was started.
	 */
	@Override
	public void onRefresh() {
		check();
		System.out.println("The configuration of %s is valid:".formatted(this.context.getId()));
		this.findings.forEach((finding) -> System.out.println("  " + finding));
		this.context.close();
		Exit.orderly(0);
	}

	private void check() {
		ListableBeanFactory beans = this.context.getBeanFactory();
		found("context", "%d beans".formatted(this.context.getBeanDefinitionCount()));
		new AddressCheck(this::found).services(beans);
		if (ClassUtils.isPresent(WEB_SERVER, this.context.getClassLoader())) {
			new WebServerCheck(this::found).run(beans, this.context.getEnvironment());
		}
		beans.getBeanProvider(SslBundles.class).ifAvailable(this::checkTls);
		new ProcessCheck(this::found).run(this.context.getEnvironment());
		new UpgradeCheck(this::found).run(beans, this.context.getEnvironment());
	}

	private void checkTls(SslBundles bundles) {
		for (String name : bundles.getBundleNames()) {
			bundles.getBundle(name).createSslContext();
			found("TLS", "bundle '%s' is complete".formatted(name));
		}
	}

	private void found(String what, String finding) {
		this.findings.add("%-15s %s".formatted(what, finding));
	}

	@Override
	public void onClose() {
		// nothing was started
	}

	@Override
	public void start() {
		// nothing is started
	}

	@Override
	public void stop() {
		// nothing was started
	}

	@Override
	public boolean isRunning() {
		return false;
	}

}
