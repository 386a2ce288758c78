package io.hanse.cli.config.hcl;

/** One word of HCL and where it stands. {@code text} is what it means, {@code raw} as written. */
record HclToken(Kind kind, String text, String raw, int line, int column) {
  enum Kind {
    IDENT("IDENT"),
    STRING("STRING"),
    HEREDOC("HEREDOC"),
    NUMBER("NUMBER"),
    FLOAT("FLOAT"),
    BOOL("BOOL"),
    ASSIGN("ASSIGN"),
    COMMA("COMMA"),
    LBRACE("LBRACE"),
    RBRACE("RBRACE"),
    LBRACK("LBRACK"),
    RBRACK("RBRACK"),
    EOF("EOF");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  String position() {
    return line + ":" + column;
  }

  boolean is(Kind other) {
    return kind == other;
  }
}
