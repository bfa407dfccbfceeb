// What a viewer may ask the server for, as it is sent: what else is sent with it, see `Player.ask`.

export const request = {
  // Of a caption, at the word shown.
  word: (word) => ({ kind: "word", word }),
  /** Any other word than this one, `<end>` among them. */
  forbid: (word) => ({ kind: "forbid", word }),
  /** `kind`: "gaze" confines the look to the cells, "blank" takes them out of the photo. `onward`: from here on. */
  cells: (kind, cells, onward) => ({ kind, cells, onward }),
  // Of a story: rows are the sentences as told.
  question: (question) => ({ kind: "question", question }),
  look: (model, hop, row) => ({ kind: "look", model, hop, row }),
  edit: (row, text) => ({ kind: "edit", row, text }),
  remove: (row) => ({ kind: "remove", row }),
  again: (row) => ({ kind: "again", row }),
  undo: () => ({ kind: "undo" }),
  reset: () => ({ kind: "reset" }),
};
