"""The whole interview as a conversation: forward by answers, back without losing any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from wizard.interview import INTERVIEW
from wizard.interview.answers import Answers, complete
from wizard.interview.complete import offered
from wizard.interview.fields import Field, Given, Raw, SecretField, ServerRows, Step, StepKind
from wizard.interview.welcome import is_practice
from wizard.model.secrets import Secrets
from wizard.prompts import rows
from wizard.prompts.asker import Asker
from wizard.prompts.questions import Heading, Went, ask_field, paragraph
from wizard.prompts.secret_fields import ask_secret
from wizard.secret import Secret

_ELSEWHERE = (StepKind.HOST_KEYS, StepKind.SURVEY, StepKind.REVIEW)


def ask_interview(
    asker: Asker,
    given: Given,
    *,
    practice: Given | None = None,
    typed: Secrets | None = None,
) -> tuple[Answers, Secrets]:
    """Ask every question of the interview, and return the whole answers file with the secrets.

    Args:
        asker: who is asked.
        given: answers from before; they are offered again. With `walk` the welcome is left out.
        practice: what the practice cluster offers.
        typed: the secrets typed before; an empty line keeps them.

    Raises:
        AnswerError: the input ended; it names the question.
    """
    conversation = _Conversation(
        asker=asker,
        practice=practice,
        given=Answers(given),
        secrets=dict(typed.common) if typed else {},
        steps=tuple(step for step in form_steps() if step.key != "welcome" or "walk" not in given),
    )
    conversation.hold()
    return complete(conversation.folded()), Secrets(common=conversation.kept_secrets())


def form_steps() -> tuple[Step, ...]:
    """Return the steps that only ask, without those that look at servers."""
    return tuple(step for step in INTERVIEW if step.kind not in _ELSEWHERE)


@dataclass(kw_only=True)
class _Conversation:
    """Where the conversation stands: the answers so far, and which questions were asked."""

    asker: Asker
    practice: Given | None
    given: Answers
    secrets: dict[str, Secret]
    steps: tuple[Step, ...]
    asked: list[str] = field(default_factory=list)
    heading: str = ""

    def hold(self) -> None:
        """Ask until no question is open."""
        paragraph(self.asker, "Type ? for help on a question, and back to return to the last one.")
        while (open_question := self._next()) is not None:
            step, question = open_question
            self._say_heading(step)
            answer = self._ask(question)
            if isinstance(answer, Went):
                self._go_back()
            else:
                self.asked.append(question.key)
                self._keep(question, answer)

    def folded(self) -> Answers:
        """Return the answers with the single questions on servers made one list."""
        found = self.given
        for _step, question in _listed(self.steps, self.given):
            if isinstance(question, ServerRows):
                found = found.with_answer(
                    question.key, rows.folded(question, self.given, self.practice)
                )
        return found.without(*(key for key in found if key.startswith("rows.")))

    def kept_secrets(self) -> dict[str, Secret]:
        """Return the secrets whose questions still apply."""
        open_ = {
            question.secret
            for _step, question in _listed(self.steps, self.given)
            if isinstance(question, SecretField)
        }
        return {name: secret for name, secret in self.secrets.items() if name in open_}

    def _questions(self) -> Iterator[tuple[Step, Field]]:
        for step, question in _listed(self.steps, self.given):
            if isinstance(question, ServerRows):
                for cell in rows.questions(question, self.given, self.practice):
                    yield step, cell
            else:
                yield step, question

    def _next(self) -> tuple[Step, Field] | None:
        return next(
            ((step, item) for step, item in self._questions() if item.key not in self.asked), None
        )

    def _say_heading(self, step: Step) -> None:
        practice = is_practice(self.given)
        number = self.steps.index(step) + 1
        heading = Heading(
            number=number,
            total=len(self.steps),
            title=step.title,
            explain=step.explain,
            practice=practice,
        )
        if heading.line() == self.heading:
            return
        self.heading = heading.line()
        self.asker.say()
        self.asker.say(self.heading)
        paragraph(self.asker, step.explain)

    def _ask(self, question: Field) -> Raw | Secret | Went | None:
        if isinstance(question, SecretField):
            inputs = tuple(
                str(self.given[key])
                for key in ("cluster.name", "subject.organization")
                if key in self.given
            )
            return ask_secret(self.asker, question, self.secrets.get(question.secret), inputs)
        return ask_field(
            self.asker, question, offered(question, self.given, self.practice), self.given
        )

    def _keep(self, question: Field, answer: Raw | Secret | None) -> None:
        if isinstance(question, SecretField):
            if isinstance(answer, Secret):
                self.secrets[question.secret] = answer
        elif answer is not None and not isinstance(answer, Secret):
            self.given = self.given.with_answer(question.key, answer)

    def _go_back(self) -> None:
        if not self.asked:
            self.asker.say("This is the first question.")
            return
        # Questions that stopped applying are no place to return to.
        open_ = {question.key for _step, question in self._questions()}
        while self.asked and self.asked.pop() not in open_:
            pass


def _listed(steps: tuple[Step, ...], given: Given) -> Iterator[tuple[Step, Field]]:
    for step in steps:
        if step.applies(given):
            for question in step.fields:
                if question.applies(given):
                    yield step, question
