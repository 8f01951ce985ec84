"""What people's own archives look like: rows of twarc-csv and TAGS, activities of an outbox. Made up."""

from __future__ import annotations

from typing import Any

TWARC_ROW: dict[str, Any] = {
    "id": "1420000000000000002",
    "conversation_id": "1420000000000000001",
    "referenced_tweets.replied_to.id": "1420000000000000001",
    "referenced_tweets.retweeted.id": "",
    "referenced_tweets.quoted.id": "",
    "author_id": "77",
    "in_reply_to_user_id": "76",
    "created_at": "2021-07-27T12:00:00.000Z",
    "text": "Count teaching &amp; reviews #meded https://t.co/a",
    "lang": "en",
    "public_metrics.like_count": "3",
    "possibly_sensitive": "False",
    "entities.hashtags": '[{"start": 26, "end": 32, "tag": "meded"}]',
    "entities.urls": '[{"start": 33, "end": 47, "url": "https://t.co/a", "expanded_url": "https://e.example/a"}]',
    "attachments.media": '[{"media_key": "3_1", "type": "photo", "url": "https://i.example/1.jpg"}]',
    "edit_history_tweet_ids": "",
    "author.id": "77",
    "author.username": "ada",
    "author.name": "Ada Obi",
    "author.protected": "False",
    "author.public_metrics.followers_count": "12.0",
    "__twarc.version": "2.9",
}

TAGS_ROW: dict[str, Any] = {
    "id_str": "467300000000000002",
    "from_user": "Ada",
    "text": "Who &lt;reviews&gt; the reviewers? #smsummit",
    "created_at": "Fri May 16 13:05:00 +0000 2014",
    "time": "16/05/2014 14:05:00",
    "geo_coordinates": "",
    "user_lang": "en",
    "in_reply_to_user_id_str": "",
    "in_reply_to_screen_name": "",
    "from_user_id_str": "77",
    "in_reply_to_status_id_str": "",
    "source": "web",
    "profile_image_url": "http://i.example/ada.png",
    "user_followers_count": "120",
    "user_friends_count": "80",
    "user_location": "",
    "status_url": "http://twitter.com/Ada/statuses/467300000000000002",
    "entities_str": "{}",
}

OUTBOX_NOTE: dict[str, Any] = {
    "id": "https://s.example/users/ada/statuses/1/activity",
    "type": "Create",
    "actor": "https://s.example/users/ada",
    "published": "2026-05-12T13:00:00Z",
    "to": ["https://www.w3.org/ns/activitystreams#Public"],
    "cc": ["https://s.example/users/ada/followers"],
    "object": {
        "id": "https://s.example/users/ada/statuses/1",
        "type": "Note",
        "summary": None,
        "inReplyTo": "https://other.example/users/bo/statuses/9",
        "published": "2026-05-12T13:00:00Z",
        "url": "https://s.example/@ada/1",
        "attributedTo": "https://s.example/users/ada",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "sensitive": False,
        "content": "<p>Count <b>teaching</b> <a href='https://e.example/t'>more</a></p>",
        "contentMap": {"en": "<p>Count teaching more</p>"},
        "attachment": [
            {
                "type": "Document",
                "mediaType": "image/png",
                "url": "https://i.example/1.png",
                "name": "A chart",
            },
            {"type": "Document", "mediaType": "image/png", "url": "/media/1.png", "name": None},
        ],
        "tag": [{"type": "Hashtag", "href": "https://s.example/tags/meded", "name": "#meded"}],
    },
}

OUTBOX_BOOST: dict[str, Any] = {
    "id": "https://s.example/users/ada/statuses/2/activity",
    "type": "Announce",
    "actor": "https://s.example/users/ada",
    "published": "2026-05-12T14:00:00Z",
    "to": ["https://www.w3.org/ns/activitystreams#Public"],
    "object": "https://other.example/users/bo/statuses/9",
}
