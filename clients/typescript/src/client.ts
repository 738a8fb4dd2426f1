/** The client: the service's resources, by one key. */

import { Core } from "./core.js";
import { once } from "./deprecation.js";
import type { ClientOptions } from "./options.js";
import { settle } from "./options.js";
import { Assessments } from "./resources/assessments.js";
import { AuditEvents } from "./resources/audit-events.js";
import { Benchmarks } from "./resources/benchmarks.js";
import { Events } from "./resources/events.js";
import { OwnAnswers } from "./resources/invitation.js";
import { Invitations } from "./resources/invitations.js";
import { Keys } from "./resources/keys.js";
import { Organisations } from "./resources/organisations.js";
import { Responses } from "./resources/responses.js";
import { Rubrics } from "./resources/rubrics.js";
import { Scores } from "./resources/scores.js";
import { Service } from "./resources/service.js";
import { ShareLinks } from "./resources/share-links.js";
import { Studies } from "./resources/studies.js";
import { WebhookEndpoints } from "./resources/webhook-endpoints.js";

export class Client {
  readonly assessments: Assessments;
  readonly responses: Responses;
  readonly invitations: Invitations;
  /** What an invited person does; the client's `apiKey` is the token of the invitation. */
  readonly invitation: OwnAnswers;
  readonly shareLinks: ShareLinks;
  readonly organisations: Organisations;
  readonly scores: Scores;
  readonly rubrics: Rubrics;
  readonly studies: Studies;
  readonly benchmarks: Benchmarks;
  readonly keys: Keys;
  readonly webhookEndpoints: WebhookEndpoints;
  readonly events: Events;
  readonly auditEvents: AuditEvents;
  readonly service: Service;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions = {}) {
    const settings = settle(options);
    settings.onDeprecation = once(settings.onDeprecation);
    // Clients that are made of this one warn of nothing that it has warned of.
    this.#options = { ...options, onDeprecation: settings.onDeprecation };
    const core = new Core(settings);
    this.assessments = new Assessments(core);
    this.responses = new Responses(core);
    this.invitations = new Invitations(core);
    this.invitation = new OwnAnswers(core);
    this.shareLinks = new ShareLinks(core);
    this.organisations = new Organisations(core);
    this.scores = new Scores(core);
    this.rubrics = new Rubrics(core);
    this.studies = new Studies(core);
    this.benchmarks = new Benchmarks(core);
    this.keys = new Keys(core);
    this.webhookEndpoints = new WebhookEndpoints(core);
    this.events = new Events(core);
    this.auditEvents = new AuditEvents(core);
    this.service = new Service(core);
  }

  /** A client that differs from this one in these options. */
  withOptions(changes: ClientOptions): Client {
    return new Client({ ...this.#options, ...changes });
  }
}
