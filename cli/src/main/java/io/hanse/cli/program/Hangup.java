package io.hanse.cli.program;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears SIGHUP, which asks a server to read its files again. By reflection: Java has signals, but
 * not as an interface that one may compile against.
 */
final class Hangup {
  private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

  private Hangup() {}

  /** Runs the task at each signal, on a thread of the JVM. Where the signal is ignored, never. */
  static void onSignal(Runnable task) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object listener =
          Proxy.newProxyInstance(
              Hangup.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> answer(proxy, method.getName(), arguments, task));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), listener);
    } catch (ReflectiveOperationException e) {
      LOG.warn("SIGHUP is not heard on this Java cause=\"{}\"", e.toString());
    }
  }

  private static @Nullable Object answer(
      Object proxy, String method, Object @Nullable [] arguments, Runnable task) {
    return switch (method) {
      case "handle" -> {
        LOG.info("signal received signal=HUP");
        task.run();
        yield null;
      }
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> arguments != null && proxy == arguments[0];
      default -> "Hangup";
    };
  }
}
