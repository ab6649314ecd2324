"""What is known of a person by an e-mail address, told in full. Named in newsroom/persons.py.

Its counterpart is moderation.erase().
"""

from typing import Any

from newsroom.lib.privacy import hash_address

from .models import Comment, CommentAuthor, ModerationAction, Report


def export(address: str) -> dict[str, list[dict[str, Any]]]:
    """Return all that is kept of a person's comments and reports, ready for JSON."""
    authors = CommentAuthor.objects.of_person(address)
    comments = Comment.objects.filter(author__in=authors).select_related("article")
    actions = ModerationAction.objects.filter(comment__in=comments).order_by("pk")
    return {
        "authors": [
            _row(
                author,
                "name address verified_at state blocked_until blocked_note approved rejected "
                "reported created_at last_at",
            )
            for author in authors
        ],
        "comments": [
            {"article": comment.article.headline}
            | _row(
                comment,
                "id parent_id name body status hold_reason appeal score signals wants_replies "
                "confirmed_at created_at edited_at published_at decided_at network_day",
            )
            for comment in comments.order_by("pk")
        ],
        "decisions": [
            _row(action, "comment_id from_status to_status reason note rule source at")
            for action in actions
        ],
        "reports": [
            _row(report, "comment_id reason text address created_at decided_at")
            for report in Report.objects.filter(reporter_hash=hash_address(address)).order_by("pk")
        ],
    }


def _row(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}
