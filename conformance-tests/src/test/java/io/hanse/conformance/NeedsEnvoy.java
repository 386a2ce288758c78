package io.hanse.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Skipped where no real Consul, or no Envoy for its data plane, is at hand. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@NeedsConsul
@EnabledIfEnvironmentVariable(
    named = "ENVOY_BIN",
    matches = ".+",
    disabledReason = "ENVOY_BIN names no real Envoy")
@interface NeedsEnvoy {}
