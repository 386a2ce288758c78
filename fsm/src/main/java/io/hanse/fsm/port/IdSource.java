package io.hanse.fsm.port;

/** Where ids and secrets come from: proposers mint them, and they travel in the command. */
public interface IdSource {
  /** 36 characters, lower-case hexadecimal; not guessable. */
  String uuid();
}
