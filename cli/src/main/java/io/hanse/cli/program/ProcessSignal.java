package io.hanse.cli.program;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the system tells this process. By reflection: Java has signals, but not as an interface that
 * one may compile against.
 */
enum ProcessSignal {
  /** Asks a server to read its files again. */
  HUP,
  /** From a terminal. */
  INT,
  /** From who manages processes. */
  TERM;

  private static final Logger LOG = LoggerFactory.getLogger(ProcessSignal.class);

  /**
   * Runs the task at each signal, on a thread of its own, in place of what Java would do. Where the
   * signal is ignored, never.
   */
  void onEach(Runnable task) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object listener =
          Proxy.newProxyInstance(
              ProcessSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> answer(proxy, method.getName(), arguments, task));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name()), listener);
    } catch (ReflectiveOperationException e) {
      LOG.warn("SIG{} is not heard on this Java cause=\"{}\"", this, e.toString());
    }
  }

  private @Nullable Object answer(
      Object proxy, String method, Object @Nullable [] arguments, Runnable task) {
    return switch (method) {
      case "handle" -> {
        LOG.info("signal received signal={}", this);
        task.run();
        yield null;
      }
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> arguments != null && proxy == arguments[0];
      default -> "answer to SIG" + this;
    };
  }
}
