/** The shapes of the API that the widget reads and sends; what it does not look at is left out. */

export type AnswerValue = string | string[];

/** The answer to one question, as `POST /v1/assessments` takes it. */
export type Answer =
  | AnswerValue
  | { option: AnswerValue; note?: string; evidence?: string }
  | { state: "dont_know"; reason?: string }
  | { state: "not_applicable"; reason: string };

export type Answers = Record<string, Answer>;

/** One thing that is wrong in what was sent. */
export interface FieldProblem {
  pointer: string;
  code: string;
  detail: string;
}

/** What every error of the API answers (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  /** The HTTP status; 0 where no answer came. */
  status: number;
  detail: string;
  /** Stable; every code is listed at `/v1/errors`. The widget adds `unreachable` and `misconfigured`. */
  code: string;
  request_id: string;
  errors: FieldProblem[];
}

export interface RubricUsed {
  id: string;
  version: string;
  digest: string;
}

export interface RubricLevel {
  number: number;
  name: string;
  summary: string;
  from: number;
}

export interface RubricOption {
  id: string;
  title: string;
  level: number | null;
  points: number | null;
}

export interface RubricQuestion {
  id: string;
  dimension: string;
  title: string;
  help: string;
  kind: "single" | "multiple";
  audience: string[];
  options: RubricOption[];
}

export interface Titled {
  id: string;
  title: string;
}

export interface RubricRecommendation extends Titled {
  action: string;
  owner: string;
  expected: string;
}

export interface RubricCheck extends Titled {
  explanation: string;
}

export interface Rubric {
  id: string;
  version: string;
  title: string;
  summary: string;
  locale: string;
  locales: string[];
  minutes: number;
  functions: Titled[];
  levels: RubricLevel[];
  dimensions: (Titled & { summary: string })[];
  questions: RubricQuestion[];
  gates: Titled[];
  consistency_checks: RubricCheck[];
  recommendations: RubricRecommendation[];
}

export interface Unmet {
  question: string | null;
  dimension: string | null;
  needs_level: number;
  has_level: number | null;
}

export interface Cap {
  gate: string;
  limit: number;
  status: "failed" | "unverified";
  unmet: Unmet[];
  reason: string;
}

export interface DimensionResult {
  id: string;
  title: string;
  score: number | null;
  level: number | null;
}

export interface QuestionBenchmark {
  finding: string;
  study: string;
  publisher: string;
  year: number | null;
  population: string;
  n: number | null;
  shares: number[];
  levels: number[][];
  titles: string[];
  options: string[][];
  ridit: number | null;
  interval: [number, number] | null;
  approximate: boolean;
  function: string | null;
}

export interface QuestionResult {
  id: string;
  dimension: string;
  state: "answered" | "not_applicable" | "dont_know" | "unanswered";
  level: number | null;
  chosen: { option: string; title: string; share: number }[];
  benchmarks: QuestionBenchmark[];
}

export interface RecommendationResult {
  id: string;
  title: string;
  action: string;
  owner: string;
  effort: "S" | "M" | "L";
  rank: number;
  gain: number;
  expected: string;
  evidence: string[];
  judgement: boolean;
}

export interface Change {
  question: string;
  from_level: number | null;
  to_level: number;
  option: string;
}

/** What scoring returns; the contract of the API describes all of it. */
export interface Result {
  rubric: RubricUsed;
  engine: string;
  score: number | null;
  rating: { level: number; name: string; level_by_score: number; caps: Cap[] } | null;
  reason: string | null;
  bounds: { lower: number; upper: number; levels: number[]; firm: boolean } | null;
  completeness: number;
  single_perspective: boolean;
  dimensions: DimensionResult[];
  questions: QuestionResult[];
  inconsistencies: { id: string; title: string; explanation: string }[];
  recommendations: RecommendationResult[];
  next_level: { level: number; changes: Change[]; score_after: number } | null;
}

export interface Assessment {
  id: string;
  rubric: RubricUsed;
  organisation: { name: string };
  status: "open" | "completed";
  confidentiality: "grouped" | "named";
  functions: string[] | null;
  result: Result | null;
  client_token: string | null;
}

export interface OwnResponse {
  answers: Answers;
  seniority: string | null;
}

export interface OwnInvitation {
  organisation: string;
  rubric: RubricUsed;
  function: string;
  confidentiality: "grouped" | "named";
  meaning: string;
  status: "open" | "started" | "submitted" | "closed";
  expires_at: string;
  response: OwnResponse | null;
}

export interface Study {
  id: string;
  publisher: string;
  year: number | null;
  title: string;
  n: number | null;
  sources: { address: string | null }[];
  findings: { id: string; n: number | null }[];
  practices: { id: string }[];
}

export interface ShareLink {
  url: string;
  expires_at: string;
}
