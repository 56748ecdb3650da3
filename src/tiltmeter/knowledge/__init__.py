"""Facts the measure stands on: states, poles, organisations, persons, all dated and sourced."""
