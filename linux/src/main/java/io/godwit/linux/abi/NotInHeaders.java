package io.godwit.linux.abi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A constant that is ours or whose C definition is not exported; the audit leaves it out. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface NotInHeaders {
  /** Why, or where the value comes from. */
  String value();
}
