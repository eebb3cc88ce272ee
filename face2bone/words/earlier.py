"""Sentences that earlier versions wrote into assessments, and this one no longer says.

A saved assessment is shown as it was saved, in the language of who reads it: these keep their
place in the catalogue of translations.
"""

from typing import Final

from face2bone.words.message import template

EARLIER: Final = (
    template("The result of this photo was not explained."),
    template(
        "Demonstration model trained on drawn (synthetic) faces. It says nothing about a "
        "real person's bones and never drives a referral."
    ),
    template("Research software, not a medical device. DXA decides, not a photo."),
    template(
        "Men of 70 and over are to have their bone density measured, whatever the photo shows."
    ),
    template(
        "Women of 65 and over are to have their bone density measured, whatever the photo shows."
    ),
    template(
        "Men of 70 and over are to have their bone density measured, whatever the model says."
    ),
    template(
        "Women of 65 and over are to have their bone density measured, whatever the model says."
    ),
    template("Bone density is to be measured because of: {factors}."),
    template("Men of 70 and over are eligible for DXA by age, whatever the photo shows."),
    template("Women of 65 and over are eligible for DXA by age, whatever the photo shows."),
    template("Women of 65 and over: screening is recommended (grade B), whatever the photo shows."),
    template("Red flag: {flag}. This comes before any photo."),
    template(
        "The face model cannot tell the three classes apart; for referral this counts as "
        "osteopenia."
    ),
    template("The face model's class is normal (calibrated probability {probability})."),
    template("The face model's class is osteopenia (calibrated probability {probability})."),
    template("The face model's class is osteoporosis (calibrated probability {probability})."),
    template("The photo changed nothing: the answers typed in ask for as much or more."),
    template("The photo changed nothing: {why}."),
    template("The photo raised the suggestion from '{lower}' to '{higher}'."),
    template("the model is a demonstration trained on drawn faces and never drives a referral"),
    template("the photo is unlike the faces the model was trained on"),
    template("there is no usable photo"),
    template(
        "Two ways of hiding a region rank the regions differently (agreement {agreement}, "
        "at least {least} is asked), so the ranking would say more about the hiding than "
        "about this face."
    ),
    template("The face changed nothing: the answers typed in ask for as much or more."),
    template("routine: education and follow-up"),
)
