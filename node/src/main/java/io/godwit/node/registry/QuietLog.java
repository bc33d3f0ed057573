package io.godwit.node.registry;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jgroups.logging.CustomLogFactory;
import org.jgroups.logging.Log;
import org.jspecify.annotations.Nullable;

/**
 * What JGroups has to say, told as details: what of it matters to somebody is said by the registry
 * in its own words.
 */
final class QuietLog implements Log {
  private final Logger log;

  private QuietLog(String name) {
    this.log = System.getLogger(name);
  }

  /** From now on. */
  static void install() {
    if (org.jgroups.logging.LogFactory.getCustomLogFactory() == null) {
      org.jgroups.logging.LogFactory.setCustomLogFactory(
          new CustomLogFactory() {
            @Override
            public Log getLog(Class<?> type) {
              return new QuietLog(type.getName());
            }

            @Override
            public Log getLog(String category) {
              return new QuietLog(category);
            }
          });
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // the texts are JGroups'
  private void tell(Level level, String text, Object @Nullable ... values) {
    if (log.isLoggable(level)) {
      String told = text;
      try {
        told = values == null || values.length == 0 ? text : text.formatted(values);
      } catch (java.util.IllegalFormatException asItIs) {
        told = text;
      }
      log.log(level, "{0}", told);
    }
  }

  private boolean details() {
    return log.isLoggable(Level.DEBUG);
  }

  @Override
  public boolean isFatalEnabled() {
    return details();
  }

  @Override
  public boolean isErrorEnabled() {
    return details();
  }

  @Override
  public boolean isWarnEnabled() {
    return details();
  }

  @Override
  public boolean isInfoEnabled() {
    return details();
  }

  @Override
  public boolean isDebugEnabled() {
    return log.isLoggable(Level.TRACE);
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }

  @Override
  public void fatal(String text) {
    tell(Level.DEBUG, text);
  }

  @Override
  public void fatal(String text, Object... values) {
    tell(Level.DEBUG, text, values);
  }

  @Override
  public void fatal(String text, Throwable cause) {
    log.log(Level.DEBUG, text, cause);
  }

  @Override
  public void error(String text) {
    tell(Level.DEBUG, text);
  }

  @Override
  public void error(String text, Object... values) {
    tell(Level.DEBUG, text, values);
  }

  @Override
  public void error(String text, Throwable cause) {
    log.log(Level.DEBUG, text, cause);
  }

  @Override
  public void warn(String text) {
    tell(Level.DEBUG, text);
  }

  @Override
  public void warn(String text, Object... values) {
    tell(Level.DEBUG, text, values);
  }

  @Override
  public void warn(String text, Throwable cause) {
    log.log(Level.DEBUG, text, cause);
  }

  @Override
  public void info(String text) {
    tell(Level.DEBUG, text);
  }

  @Override
  public void info(String text, Object... values) {
    tell(Level.DEBUG, text, values);
  }

  @Override
  public void debug(String text) {
    tell(Level.TRACE, text);
  }

  @Override
  public void debug(String text, Object... values) {
    tell(Level.TRACE, text, values);
  }

  @Override
  public void debug(String text, Throwable cause) {
    log.log(Level.TRACE, text, cause);
  }

  @Override
  public void trace(Object what) {}

  @Override
  public void trace(String text) {}

  @Override
  public void trace(String text, Object... values) {}

  @Override
  public void trace(String text, Throwable cause) {}

  @Override
  public void setLevel(String level) {}

  @Override
  public String getLevel() {
    return details() ? "warn" : "off";
  }
}
