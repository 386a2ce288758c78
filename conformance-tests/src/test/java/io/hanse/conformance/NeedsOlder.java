package io.hanse.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Skipped where no older version is at hand. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfEnvironmentVariable(
    named = "HANSE_OLDER_BIN",
    matches = ".+",
    disabledReason = "HANSE_OLDER_BIN names no program of an older version")
@interface NeedsOlder {}
