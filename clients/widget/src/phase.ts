/** Where the person is. */
export type Phase = "loading" | "intro" | "question" | "review" | "sending" | "result" | "thanks" | "failure";
