"""The guards of every released schema older than this one, by 16 hex digits of the SHA-256 of
their SQL: a database that is altered must not come out of a migration looking whole.

Of each schema SQLite's come first, then PostgreSQL's, which begins with schema 2.
"""

from __future__ import annotations

RELEASED: dict[int, tuple[dict[str, str], ...]] = {
    1: (
        {
            "tl_attachment_no_delete": "cfb764ad364e87a7",
            "tl_attachment_no_replace": "a5674505fb663453",
            "tl_attachment_no_update": "56c1858313da5b4f",
            "tl_entry_no_delete": "1442e3761d48e3fe",
            "tl_entry_no_replace": "94b3f7ba84c079cf",
            "tl_entry_no_update": "cc666662563eff0b",
            "tl_head_no_delete": "069db66bac613939",
            "tl_head_only_grows": "860fe6dcd574011e",
            "tl_posting_no_delete": "ca8ae40fdea9e3d5",
            "tl_posting_no_replace": "925de023476230b8",
            "tl_posting_no_update": "1cc0666e55155138",
        },
    ),
    2: (
        {
            "tl_attachment_no_delete": "cfb764ad364e87a7",
            "tl_attachment_no_replace": "7e0939ea04f06900",
            "tl_attachment_no_update": "56c1858313da5b4f",
            "tl_checkpoint_no_delete": "389ff5c6392f1718",
            "tl_checkpoint_no_replace": "18fd70e83b639002",
            "tl_checkpoint_no_update": "5149aead58eea7d0",
            "tl_entry_no_delete": "1442e3761d48e3fe",
            "tl_entry_no_replace": "cd6decd486216a09",
            "tl_entry_no_update": "cc666662563eff0b",
            "tl_entry_only_at_the_end": "7f1395f5ec73c03d",
            "tl_head_no_delete": "069db66bac613939",
            "tl_head_no_replace": "e2752b445a1ea400",
            "tl_head_only_grows": "b06e887bd3cd045b",
            "tl_posting_no_delete": "ca8ae40fdea9e3d5",
            "tl_posting_no_replace": "925de023476230b8",
            "tl_posting_no_update": "1cc0666e55155138",
            "tl_posting_only_at_the_end": "a80be58fce2fa001",
            "tl_private_no_replace": "9451ad32bb51d871",
            "tl_private_no_update": "774288990959062d",
        },
        {
            "tl_attachment_no_change": "5e9c286b6bda4228",
            "tl_attachment_no_truncate": "0a49ad22b9e2438c",
            "tl_checkpoint_no_change": "4dbb47d44f6ecf80",
            "tl_checkpoint_no_truncate": "fb00a0ba923ed486",
            "tl_entry_balanced": "44203e34df48a9b9",
            "tl_entry_behind_head": "67da22d5867b283f",
            "tl_entry_no_change": "83f26e959705e404",
            "tl_entry_no_truncate": "00688c078751b0a0",
            "tl_entry_open_months": "1d11fab0746987c7",
            "tl_head_no_change": "44aa5223641ef77e",
            "tl_head_no_truncate": "ed3080258477ab93",
            "tl_head_only_grows": "8bd4934837693daf",
            "tl_posting_behind_head": "065a96cff1f27544",
            "tl_posting_no_change": "49e7af8577a80a82",
            "tl_posting_no_truncate": "307487a9fcbb0cb3",
            "tl_private_no_change": "54412221dfd27002",
            "tl_private_no_truncate": "fea7bf94af4e0fa8",
        },
    ),
}
