package io.godwit.linux.abi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class whose {@code static final} int and long constants in capitals are macros or
 * enumerators of these C headers, under the same names. The header audit compiles an assertion for
 * each constant, and for each layout marked {@link CStruct}. Headers are named as in {@code
 * #include <...>}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface CHeaders {
  String[] value();
}
