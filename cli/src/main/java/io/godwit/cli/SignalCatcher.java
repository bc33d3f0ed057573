package io.godwit.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes over signals that would end this JVM, or that it ignores, until closed. Those that the JVM
 * needs for itself (QUIT, USR2) stay with it. It reaches {@code sun.misc.Signal} by reflection:
 * module jdk.unsupported has no successor for it, and the compiler's warning about it cannot be
 * switched off.
 */
public final class SignalCatcher implements AutoCloseable {
  private record Taken(Object signal, Object before) {}

  private final List<Taken> taken = new ArrayList<>();
  private final Method handle;

  /**
   * @param names without SIG
   * @param handler gets the name, on a thread of the JVM
   */
  public SignalCatcher(List<String> names, Consumer<String> handler) {
    try {
      Class<?> signalClass = Class.forName("sun.misc.Signal");
      Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
      handle = signalClass.getMethod("handle", signalClass, handlerClass);
      for (String name : names) {
        Object proxy =
            Proxy.newProxyInstance(
                SignalCatcher.class.getClassLoader(),
                new Class<?>[] {handlerClass},
                (self, method, arguments) -> react(name, handler, self, method, arguments));
        take(signalClass.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM has no module jdk.unsupported", e);
    }
  }

  private static @Nullable Object react(
      String name, Consumer<String> handler, Object self, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "handle" -> {
        handler.accept(name);
        yield null;
      }
      case "equals" -> System.identityHashCode(self) == System.identityHashCode(arguments[0]);
      case "hashCode" -> System.identityHashCode(self);
      default -> name;
    };
  }

  private void take(Object signal, Object handler) throws ReflectiveOperationException {
    try {
      taken.add(new Taken(signal, handle.invoke(null, signal, handler)));
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException)) {
        throw e;
      }
      // The JVM was started so that it keeps this signal: the default action stays.
    }
  }

  @Override
  public void close() {
    for (Taken each : taken) {
      try {
        handle.invoke(null, each.signal, each.before);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
