package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The page of all properties, made from the records that bind them: types and defaults by
 * reflection, descriptions from their Javadoc, which is where Boot's metadata has them
 * from.
 */
final class PropertiesReference {

	private static final Path SOURCES = Path.of("src", "main", "java");

	private final StringBuilder page = new StringBuilder();

	static String page() {
		PropertiesReference reference = new PropertiesReference();
		reference.page.append("""
				# Properties

				Made from the Javadoc of the configuration records by `PropertiesReferenceTests`; do not edit.

				| property | type | default | description |
				|---|---|---|---|
				""");
		reference.describe("pingora", PingoraProperties.class);
		reference.describe("pingora", ProcessProperties.class);
		return reference.page.toString();
	}

	private void describe(String prefix, Class<?> type) {
		for (RecordComponent component : type.getRecordComponents()) {
			String property = prefix + "." + kebab(component.getName());
			Class<?> nested = nested(component.getGenericType());
			if (nested != null) {
				describe(property + suffix(component), nested);
			}
			else {
				this.page.append("| `%s` | %s | %s | %s |%n".formatted(property, typeName(component), value(component),
						description(type, component.getName()).replace("|", "\\|")));
			}
		}
	}

	private static String suffix(RecordComponent component) {
		if (Map.class.isAssignableFrom(component.getType())) {
			return ".<name>";
		}
		return List.class.isAssignableFrom(component.getType()) ? "[]" : "";
	}

	private static Class<?> nested(Type type) {
		Type value = type;
		if (type instanceof ParameterizedType parameterized) {
			Type[] arguments = parameterized.getActualTypeArguments();
			value = arguments[arguments.length - 1];
		}
		return (value instanceof Class<?> valueClass && valueClass.isRecord()) ? valueClass : null;
	}

	private static String typeName(RecordComponent component) {
		if (component.getType().isEnum()) {
			return Arrays.stream(component.getType().getEnumConstants())
				.map((constant) -> "`" + constant.toString().toLowerCase(Locale.ROOT) + "`")
				.collect(Collectors.joining(", "));
		}
		Type type = component.getGenericType();
		if (type instanceof ParameterizedType parameterized) {
			return component.getType().getSimpleName().toLowerCase(Locale.ROOT) + " of "
					+ Arrays.stream(parameterized.getActualTypeArguments())
						.map((argument) -> ((Class<?>) argument).getSimpleName().toLowerCase(Locale.ROOT))
						.collect(Collectors.joining(" to "));
		}
		return component.getType().getSimpleName().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the default, from the constructor that binds the record.
	 */
	private static String value(RecordComponent component) {
		Class<?> type = component.getDeclaringRecord();
		List<RecordComponent> components = List.of(type.getRecordComponents());
		int index = components.stream().map(RecordComponent::getName).toList().indexOf(component.getName());
		DefaultValue value = type.getDeclaredConstructors()[0].getParameters()[index].getAnnotation(DefaultValue.class);
		return (value != null && value.value().length > 0) ? "`" + String.join(", ", value.value()) + "`" : "";
	}

	private static String description(Class<?> type, String component) {
		String source = source(type);
		int declaration = source.indexOf("record " + type.getSimpleName() + "(");
		String comment = source.substring(source.lastIndexOf("/**", declaration), declaration);
		Matcher matcher = Pattern.compile("@param " + component + "\\s(.*?)(?=@param|\\*/)", Pattern.DOTALL)
			.matcher(comment);
		if (!matcher.find()) {
			throw new AssertionError("No description of '%s' in %s".formatted(component, type));
		}
		return matcher.group(1).replaceAll("\\s*\\n\\s*\\*\\s?", " ").strip();
	}

	private static String source(Class<?> type) {
		Class<?> top = type.getNestHost();
		try {
			return Files.readString(SOURCES.resolve(top.getName().replace('.', '/') + ".java"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String kebab(String name) {
		return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
	}

}
