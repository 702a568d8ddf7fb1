package dev.pingora.spring.upgrade;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The rules by which the state of one process changes: for a state and an event, the next
 * state and what is done. What no rule names changes nothing.
 *
 * @param <S> the states
 */
final class Transitions<S extends Enum<S>> {

	private final Map<S, Map<UpgradeEvent, Transition<S>>> rules = new LinkedHashMap<>();

	/**
	 * Add a rule.
	 */
	Transitions<S> rule(S from, UpgradeEvent event, S to, UpgradeAction... actions) {
		return rule(from, Set.of(event), to, actions);
	}

	/**
	 * Add the same rule for several events.
	 */
	Transitions<S> rule(S from, Set<UpgradeEvent> events, S to, UpgradeAction... actions) {
		Map<UpgradeEvent, Transition<S>> of = this.rules.computeIfAbsent(from,
				(key) -> new EnumMap<>(UpgradeEvent.class));
		for (UpgradeEvent event : events) {
			if (of.put(event, new Transition<>(from, event, to, List.of(actions))) != null) {
				throw new IllegalStateException("Two rules for %s in %s".formatted(event, from));
			}
		}
		return this;
	}

	/**
	 * Return the rule for an event.
	 * @return the rule, or {@code null} if the event changes nothing
	 */
	@Nullable Transition<S> find(S from, UpgradeEvent event) {
		Map<UpgradeEvent, Transition<S>> of = this.rules.getOrDefault(from, Map.of());
		return of.get(event);
	}

	/**
	 * Return all rules, in the order of a successful upgrade.
	 */
	List<Transition<S>> all() {
		List<Transition<S>> all = new ArrayList<>();
		this.rules.values().forEach((of) -> all.addAll(of.values()));
		return all;
	}

	/**
	 * One rule.
	 *
	 * @param from the state before
	 * @param event what happens
	 * @param to the state after
	 * @param actions what is done, in this order
	 * @param <S> the states
	 */
	record Transition<S>(S from, UpgradeEvent event, S to, List<UpgradeAction> actions) {
	}

}
