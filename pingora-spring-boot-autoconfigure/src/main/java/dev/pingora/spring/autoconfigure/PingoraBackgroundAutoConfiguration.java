package dev.pingora.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerCustomizer;
import org.springframework.boot.task.ThreadPoolTaskSchedulerCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.CompositeTaskDecorator;

/**
 * Auto-configuration of scheduled tasks that run in one generation at a time.
 */
@AutoConfiguration(before = PingoraAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "pingora.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty("pingora.background.scheduled")
public final class PingoraBackgroundAutoConfiguration {

	@Bean
	ScheduledTasks pingoraScheduledTasks(ApplicationContext context) {
		return new ScheduledTasks(context);
	}

	@Bean
	ThreadPoolTaskSchedulerCustomizer pingoraThreadPoolTaskSchedulerCustomizer(ScheduledTasks tasks,
			ObjectProvider<TaskDecorator> decorators) {
		return (scheduler) -> scheduler.setTaskDecorator(decorator(tasks, decorators));
	}

	@Bean
	SimpleAsyncTaskSchedulerCustomizer pingoraSimpleAsyncTaskSchedulerCustomizer(ScheduledTasks tasks,
			ObjectProvider<TaskDecorator> decorators) {
		return (scheduler) -> scheduler.setTaskDecorator(decorator(tasks, decorators));
	}

	/**
	 * Return the decorators of the application, which Boot has set, and ours.
	 */
	private static TaskDecorator decorator(ScheduledTasks tasks, ObjectProvider<TaskDecorator> decorators) {
		List<TaskDecorator> all = new ArrayList<>(decorators.orderedStream().toList());
		all.add(tasks::decorate);
		return new CompositeTaskDecorator(all);
	}

}
