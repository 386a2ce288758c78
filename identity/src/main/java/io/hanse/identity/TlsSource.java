package io.hanse.identity;

/** Where {@link FiledTls} gets its certificates from, at its start and at each further look. */
public sealed interface TlsSource permits TlsFiles, SharedKeyTls {
  /** What is there now: the same as before where nothing changed. Fails with what is wrong. */
  TlsContent read();

  /** Says in the log where a certificate came from. */
  String description();
}
