package io.godwit.linux.abi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a static {@link java.lang.foreign.StructLayout} as the layout of a C type, for example
 * {@code "struct flock"}. The audit checks the size, and offset and size of each named member; a
 * member name is the C member path ({@code l_type}, {@code sa.sa_family}). Padding has no name.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface CStruct {
  String value();
}
