// Why a process cannot start, in words for its operator. Not for people in chats: those get a FonError.

/** The message is one whole sentence that says what is wrong and what to do; it is printed without a stack. */
export class StartProblem extends Error {
  constructor(sentence: string, options: { cause?: unknown } = {}) {
    super(sentence, options);
    this.name = "StartProblem";
  }
}
