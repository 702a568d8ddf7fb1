package dev.pingora.spring;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/**
 * The package table of {@code CONTRIBUTING.md} as rules: one package for each foreign
 * world, and imports that run one way.
 */
@AnalyzeClasses(packages = "dev.pingora.spring", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTests {

	private ArchitectureTests() {
	}

	@ArchTest
	static final ArchRule importsRunOneWay = Architectures.layeredArchitecture()
		.consideringOnlyDependenciesInLayers()
		.layer("service")
		.definedBy("..spring.service..")
		.layer("listen")
		.definedBy("..spring.listen..")
		.layer("upgrade")
		.definedBy("..spring.upgrade..")
		.layer("process")
		.definedBy("..spring.process..")
		.layer("warmup")
		.definedBy("..spring.warmup..")
		.layer("server")
		.definedBy("..spring.server..")
		.layer("web")
		.definedBy("..spring.web..")
		.layer("metrics")
		.definedBy("..spring.metrics..")
		.layer("actuate")
		.definedBy("..spring.actuate..")
		.layer("autoconfigure")
		.definedBy("..spring.autoconfigure..")
		.whereLayer("service")
		.mayNotAccessAnyLayer()
		.whereLayer("process")
		.mayNotAccessAnyLayer()
		.whereLayer("listen")
		.mayOnlyAccessLayers("service")
		.whereLayer("upgrade")
		.mayOnlyAccessLayers("listen")
		.whereLayer("warmup")
		.mayOnlyAccessLayers("listen", "service")
		.whereLayer("server")
		.mayOnlyAccessLayers("upgrade", "warmup", "listen", "service")
		.whereLayer("web")
		.mayOnlyAccessLayers("server", "listen")
		.whereLayer("metrics")
		.mayOnlyAccessLayers("server", "warmup", "listen")
		.whereLayer("actuate")
		.mayOnlyAccessLayers("server", "listen")
		.whereLayer("autoconfigure")
		.mayNotBeAccessedByAnyLayer();

	@ArchTest
	static final ArchRule packagesHaveNoCycles = SlicesRuleDefinition.slices()
		.matching("dev.pingora.spring.(**)")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule onlyUpgradeAndProcessKnowJunixsocket = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages("..spring.upgrade..", "..spring.process..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.newsclub..");

	@ArchTest
	static final ArchRule onlyProcessKnowsJna = onlyIn("process", "com.sun.jna..");

	@ArchTest
	static final ArchRule onlyProcessKnowsPicocli = onlyIn("process", "picocli..");

	@ArchTest
	static final ArchRule onlyListenKnowsNettyTransports = onlyIn("listen", "io.netty..");

	@ArchTest
	static final ArchRule onlyAutoconfigureActuateAndWebKnowSpring = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages("..spring.autoconfigure..", "..spring.actuate..", "..spring.web..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework..");

	@ArchTest
	static final ArchRule onlyServicesAndListenersKnowReactorNetty = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages("..spring.service..", "..spring.listen..", "..spring.web.netty..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("reactor.netty..");

	@ArchTest
	static final ArchRule onlyItsPackageKnowsTomcat = onlyIn("web.tomcat", "org.apache.(catalina|coyote|tomcat)..");

	@ArchTest
	static final ArchRule onlyItsPackageKnowsJetty = onlyIn("web.jetty", "org.eclipse..");

	@ArchTest
	static final ArchRule onlyItsPackageKnowsMicrometer = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages("..spring.metrics..", "..spring.autoconfigure..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.micrometer..");

	@ArchTest
	static final ArchRule onlyItsPackageKnowsActuator = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages("..spring.actuate..", "..spring.autoconfigure..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.boot.actuate..", "org.springframework.boot.health..");

	@ArchTest
	static final ArchRule namesSayWhatAThingIs = ArchRuleDefinition.noClasses()
		.should()
		.haveSimpleNameEndingWith("Manager")
		.orShould()
		.haveSimpleNameEndingWith("Helper")
		.orShould()
		.haveSimpleNameEndingWith("Utils")
		.orShould()
		.haveSimpleNameEndingWith("Impl");

	@ArchTest
	static final ArchRule autoConfigurationsArePublicAndFinal = ArchRuleDefinition.classes()
		.that()
		.haveSimpleNameEndingWith("AutoConfiguration")
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL);

	private static ArchRule onlyIn(String owner, String foreign) {
		return ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackage("dev.pingora.spring." + owner + "..")
			.should()
			.dependOnClassesThat(JavaClass.Predicates.resideInAPackage(foreign));
	}

}
