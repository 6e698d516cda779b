# Exact text for the oracle files: every double is written with 17 significant
# digits, so that reading it back gives the same double.
# (jsonlite's digits = NA stops at 15.)

suppressMessages(library(jsonlite))

digits17 <- function(x) {
  stopifnot(is.numeric(x), all(is.finite(x) | is.na(x)))
  ifelse(is.na(x), NA, sprintf("%.17g", x))
}

ready <- function(text) structure(text, class = "ready_json")

# a numeric vector -> [1, 2, null]; a matrix -> rows in a list, one row a line
num <- function(x) {
  row <- function(v) {
    v <- digits17(v)
    v[is.na(v)] <- "null"
    paste0("[", paste(v, collapse = ", "), "]")
  }
  if (is.matrix(x)) {
    rows <- vapply(seq_len(nrow(x)), function(i) row(x[i, ]), "")
    ready(paste0("[\n", paste(rows, collapse = ",\n"), "]"))
  } else {
    ready(row(as.vector(x)))
  }
}

one <- function(x) {                       # a single number
  stopifnot(length(x) == 1)
  ready(digits17(as.numeric(x)))
}

words <- function(x) I(as.character(x))    # always an array, also of length 1

numbers <- function(x) fromJSON(as.character(unclass(x)))   # back from num()

# objects indented, arrays of plain values on one line
json_text <- function(x, indent = "") {
  inner <- paste0(indent, " ")
  if (is.null(x)) return("null")
  if (inherits(x, "ready_json")) return(as.character(unclass(x)))
  if (inherits(x, "AsIs")) return(as.character(toJSON(unclass(x))))
  if (is.list(x)) {
    parts <- vapply(x, json_text, "", indent = inner)
    ends <- if (is.null(names(x))) c("[", "]") else c("{", "}")
    if (!is.null(names(x))) parts <- paste0(vapply(names(x), function(n) as.character(toJSON(n, auto_unbox = TRUE)), ""), ": ", parts)
    return(paste0(ends[1], "\n", inner, paste(parts, collapse = paste0(",\n", inner)), "\n", indent, ends[2]))
  }
  stopifnot(is.character(x) || is.logical(x), length(x) == 1)
  as.character(toJSON(x, auto_unbox = TRUE))
}

made_by <- function(script, packages) {
  versions <- lapply(packages, function(p) as.character(packageVersion(p)))
  list(script = script, r = R.version.string, packages = setNames(versions, packages))
}

save_json <- function(x, file) {
  text <- json_text(x)
  stopifnot(validate(text))
  writeLines(text, file)
}

save_csv <- function(data, file) {
  for (name in names(data)) {
    if (is.numeric(data[[name]])) data[[name]] <- digits17(as.vector(data[[name]]))
  }
  write.csv(data, file, row.names = FALSE, quote = FALSE, na = "")
}
